"""A stream of chunks, cut anew where the text itself allows: the same blocks for the same text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from textgen.corpus import DocumentStart

BLOCK = 1 << 20
CODE_POINTS = 0x110000

Codes = NDArray[np.uint32]


@dataclass(frozen=True)
class Block:
    """A piece of the text that ends with a paragraph, else with a line, if it has the end of one.

    Attributes:
        text: The piece.
        starts: Where in it documents begin, ascending.
    """

    text: str
    starts: tuple[int, ...] = ()

    @cached_property
    def codes(self) -> Codes:
        """The code points of the text."""
        return codes_of(self.text)


def codes_of(text: str) -> Codes:
    """Return the code points of ``text``."""
    return np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), dtype="<u4")


def blocks_of(chunks: Iterable[str], size: int = BLOCK) -> Iterator[Block]:
    """Yield the text in blocks of at most ``size`` characters, whatever chunks it comes in."""
    held: list[str] = []
    starts: list[int] = []  # counted from the beginning of what is held
    length = 0
    for chunk in chunks:
        if isinstance(chunk, DocumentStart):
            starts.append(length)
        held.append(chunk)
        length += len(chunk)
        if length >= size:
            text, done = "".join(held), 0
            while length - done >= size:
                end = _end_of_block(text, done, size)
                yield _block(text, done, end, starts)
                done = end
            held, length = [text[done:]], length - done
            starts = [start - done for start in starts if start >= done]
    if length:
        yield _block("".join(held), 0, length, starts)


def _end_of_block(text: str, begin: int, size: int) -> int:
    limit = begin + size
    for end in ("\n\n", "\n"):
        found = text.rfind(end, begin, limit)
        if found >= 0:
            return found + len(end)
    return limit


def _block(text: str, begin: int, end: int, starts: list[int]) -> Block:
    within = tuple(start - begin for start in starts if begin <= start < end)
    return Block(text[begin:end], within)
