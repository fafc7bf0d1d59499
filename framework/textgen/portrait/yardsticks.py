"""How predictable a text is without any model that learns: what a model has to beat.

The entropy of order k is that of a character after the k before it, counted in the very text that
is measured: no model that looks back no further does better, and on a text that it has not seen it
does worse. Compressors learn as they go, like a model that reads the text once.
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textgen.portrait.blocks import Block, codes_of
from textgen.utf8 import utf8_of

MEASURED = 1 << 20
"""How many characters at the beginning of a text are measured."""

_HIGHEST_ORDER = 3


@dataclass(frozen=True)
class Yardsticks:
    """Bits per character.

    Attributes:
        characters: How many, at the beginning, were measured.
        entropies: Of a character after 0, 1, 2, 3 others.
        compressed: What a compressor takes, by its name.
    """

    characters: int
    entropies: tuple[float, ...]
    compressed: Mapping[str, float]


class YardstickReader:
    """Keeps the beginning of the text, and measures it when asked."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._missing = MEASURED

    def read(self, block: Block) -> None:
        """Keep what is needed of a block."""
        if self._missing:
            self._held.append(block.text[: self._missing])
            self._missing -= len(self._held[-1])

    def result(self) -> Yardsticks | None:
        """Return the figures; None of an empty text."""
        text = "".join(self._held)
        if not text:
            return None
        data = utf8_of(text)
        sizes = {"gzip": len(zlib.compress(data, 9)), "xz": len(lzma.compress(data))}
        bits = {name: 8 * size / len(text) for name, size in sizes.items()}
        return Yardsticks(len(text), tuple(conditional_entropies(text)), bits)


def conditional_entropies(text: str) -> Iterable[float]:
    """Yield the entropy of a character of ``text`` after none, one, two and three others."""
    _, ids = np.unique(codes_of(text), return_inverse=True)
    grams, before = ids.astype(np.int64), 0.0
    for order in range(_HIGHEST_ORDER + 1):
        if order:
            grams = _longer(grams[:-1], ids[order:])
        joint = _entropy(grams)
        # Of a text of n characters, the last one has no successor; for tiny texts it shows.
        yield max(0.0, joint - before)
        before = joint


def _longer(grams: NDArray[np.int64], following: NDArray[np.intp]) -> NDArray[np.int64]:
    """Number the pairs of what stands before and the character after it."""
    if not len(grams):
        return grams
    pairs = grams * (int(following.max()) + 1) + following
    numbered: NDArray[np.int64] = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
    return numbered


def _entropy(ids: NDArray[np.int64]) -> float:
    counts = np.bincount(ids)
    shares = counts[counts > 0] / max(1, len(ids))
    return float(-(shares * np.log2(shares)).sum())
