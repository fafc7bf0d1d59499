"""From a prompt to text: encodes, samples, decodes, one piece at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import torch

from textgen.errors import GenerationError, TokenizerError
from textgen.parts import Decoder, Sampler, Tokenizer

if TYPE_CHECKING:
    from textgen.parts import TokenIds


def encode_prompt(tokenizer: Tokenizer, prompt: str) -> TokenIds:
    """Return the ids of a prompt, at least one.

    Raises:
        GenerationError: The prompt is empty, or the tokenizer does not know a part of it.
    """
    try:
        ids = tokenizer.encode(prompt)
    except TokenizerError as error:
        raise GenerationError(f"the prompt cannot be used: {error}") from error
    if not len(ids):
        raise GenerationError(
            "the prompt is empty: a model needs something to continue; say --prompt TEXT."
        )
    return ids


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
        GenerationError: The prompt is empty, or the tokenizer does not know a part of it.
    """
    ids = encode_prompt(tokenizer, prompt)
    row = torch.from_numpy(np.asarray(ids, dtype=np.int64)).to(device)
    tokens = sampler.generate(decoder, row.repeat(count, 1), seed=seed)
    for step in islice(tokens, length):
        yield [tokenizer.decode(np.asarray([token])) for token in step.tolist()]
