"""From a prompt to text: encodes, samples, decodes, one piece at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch

from textgen.errors import GenerationError
from textgen.parts import Decoder, Sampler, Tokenizer


def write(
    *,
    decoder: Decoder,
    tokenizer: Tokenizer,
    sampler: Sampler,
    prompt: str,
    length: int,
    seed: int,
    device: torch.device,
    count: int = 1,
) -> Iterator[list[str]]:
    """Continue ``prompt`` by ``length`` tokens, in ``count`` texts at once.

    Yields:
        The next piece of every text; pieces joined are the texts, without the prompt.

    Raises:
        GenerationError: The prompt is empty.
        TokenizerError: The prompt holds characters that the tokenizer does not know.
    """
    ids = tokenizer.encode(prompt)
    if not len(ids):
        raise GenerationError(
            "the prompt is empty: a model needs something to continue; say --prompt TEXT."
        )
    row = torch.from_numpy(np.asarray(ids, dtype=np.int64)).to(device)
    tokens = sampler.generate(decoder, row.repeat(count, 1), seed=seed)
    for step in islice(tokens, length):
        yield [tokenizer.decode(np.asarray([token])) for token in step.tolist()]
