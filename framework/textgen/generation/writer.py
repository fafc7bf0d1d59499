"""From a prompt to text: samples, and decodes as soon as the text of the tokens is certain.

What is handed out are whole characters, as `textgen.generation.clusters` says what those are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch

from textgen.errors import GenerationError, TokenizerError
from textgen.generation.clusters import Clusters
from textgen.parts import Decoder, Sampler, Tokenizer
from textgen.training.trouble import device_trouble

if TYPE_CHECKING:
    from textgen.parts import TokenIds

_HALF_A_CHARACTER = "\N{REPLACEMENT CHARACTER}"
_LONGEST_WAIT = 4
_KEPT = 16


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


def prompt_at_the_end(tokenizer: Tokenizer, ids: TokenIds, tokens: int) -> TokenIds:
    """Return the ids of the text that the last ``tokens`` of ``ids`` stand for.

    Tokens may be parts of characters; halves of them at either end are left out. So the text, where
    it is given as a prompt, has the same ids.
    """
    last = ids[-tokens:]
    text = tokenizer.decode(last).strip(_HALF_A_CHARACTER)
    return tokenizer.encode(text) if text else last


def write(
    *,
    decoder: Decoder,
    tokenizer: Tokenizer,
    sampler: Sampler,
    prompt: TokenIds,
    length: int,
    seed: int,
    device: torch.device,
    count: int = 1,
) -> Iterator[list[str]]:
    """Continue ``prompt`` by ``length`` tokens, in ``count`` texts at once.

    Yields:
        The next piece of every text; pieces joined are the texts, without the prompt.

    Raises:
        GenerationError: The sampler ended before the text did.
    """
    row = torch.from_numpy(np.asarray(prompt, dtype=np.int64)).to(device)
    texts = [_Text(tokenizer) for _ in range(count)]
    blocks = sampler.generate(decoder, row.repeat(count, 1), seed=seed)
    with device_trouble(device):
        for block in _exactly(length, blocks):
            rows = block.cpu().numpy()
            yield [text.go_on(ids) for text, ids in zip(texts, rows, strict=True)]
    if length:
        yield [text.rest() for text in texts]


def _exactly(length: int, blocks: Iterator[torch.Tensor]) -> Iterator[torch.Tensor]:
    """Yield ``length`` tokens of every stream, the last block cut where it must."""
    missing = length
    while missing:
        block = next(blocks, None)
        if block is None:
            raise GenerationError(
                f"the sampler ended after {length - missing} of {length} tokens, and a sampler "
                "must go on without end. Choose another --sampler, or tell its author."
            )
        yield block[:, :missing]
        missing -= min(missing, block.shape[1])


class _Text:
    """One text as it grows, from ids to characters.

    A token may be a part of a character, or change how the one before it is written. So a piece is
    the difference that new ids make to a text decoded with some before them. An end that looks like
    half a character waits for the rest of it, and a letter for the accents that may follow.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._ids = np.empty(0, dtype=np.int64)
        self._told = ""
        self._clusters = Clusters()

    def go_on(self, ids: TokenIds) -> str:
        """Take in more ids; return the text that is certain by now."""
        self._ids = np.concatenate([self._ids, ids])
        piece = self._certain()[len(self._told) :]
        self._ids = self._ids[-_KEPT:]
        self._told = self._certain()
        return self._clusters.go_on(piece)

    def rest(self) -> str:
        """Return the text that still waits."""
        piece = self._tokenizer.decode(self._ids)[len(self._told) :]
        return self._clusters.go_on(piece) + self._clusters.rest()

    def _certain(self) -> str:
        text = self._tokenizer.decode(self._ids)
        certain = text.rstrip(_HALF_A_CHARACTER)
        return certain if len(text) - len(certain) <= _LONGEST_WAIT else text
