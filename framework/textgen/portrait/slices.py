"""A text from beginning to end, in some two hundred slices of equal length.

How long a text is shows at its end, so slices begin short, and whenever they are too many, each
two become one. Of each is kept how often it has which characters; characters beyond `_SINGLE` are
counted together by 128 neighbours, which keeps the memory bounded for any script.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from textgen.portrait.blocks import CODE_POINTS, Block, Codes

_MOST = 256
_SHORTEST = 64
_SINGLE = 1024
_TOGETHER = 7  # bits
_BINS = _SINGLE + ((CODE_POINTS - _SINGLE) >> _TOGETHER)

Counts = NDArray[np.int64]


class SliceReader:
    """Counts characters slice by slice."""

    def __init__(self) -> None:
        self._width = _SHORTEST
        self._counts: Counts = np.zeros((_MOST, _BINS), np.int64)
        self._read = 0

    def read(self, block: Block) -> None:
        """Count a block's characters in the slices that it lies in."""
        bins = _bins_of(block.codes)
        while len(bins):
            place, within = divmod(self._read, self._width)
            if place == _MOST:
                self._halve()
                continue
            here, bins = np.split(bins, [self._width - within])
            self._counts[place] += np.bincount(here, minlength=_BINS)
            self._read += len(here)

    def result(self) -> Counts:
        """Return how often each slice has the characters of each bin."""
        return self._counts[: -(-self._read // self._width)]

    def _halve(self) -> None:
        halves = self._counts[0::2] + self._counts[1::2]
        self._counts[: _MOST // 2] = halves
        self._counts[_MOST // 2 :] = 0
        self._width *= 2


def merged(slices: Counts, most: int) -> Counts:
    """Return the text in at most ``most`` slices, none of them empty."""
    columns = min(len(slices), most)
    if not columns:
        return slices
    first = np.arange(columns) * len(slices) // columns
    summed: Counts = np.add.reduceat(slices, first, axis=0)
    return summed


def measures_of(slices: Counts) -> dict[str, list[float]]:
    """Return figures of each slice, from beginning to end.

    Returns:
        ``line_length``: the mean, in characters; a slice that ends no line is one. ``non_ascii``,
        ``digits``, ``capitals``: which part of its characters these are. ``difference``: by how
        many bits per character its mixture of characters differs from the whole text's
        (Kullback–Leibler), high in tables, lists, and another language.
    """
    sizes, ends = slices.sum(axis=1), slices[:, ord("\n")]
    figures = {
        "line_length": (sizes - ends) / np.maximum(ends, 1),
        "non_ascii": slices[:, 0x80:].sum(axis=1) / sizes,
        "digits": slices[:, _places(str.isdecimal)].sum(axis=1) / sizes,
        "capitals": slices[:, _places(str.isupper)].sum(axis=1) / sizes,
        "difference": _difference(slices),
    }
    return {name: values.tolist() for name, values in figures.items()}


def _places(is_one: Callable[[str], bool]) -> list[int]:
    return [code for code in range(_SINGLE) if is_one(chr(code))]


def _difference(slices: Counts) -> NDArray[np.float64]:
    whole = slices.sum(axis=0) / max(1, slices.sum())
    parts = slices / slices.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(parts > 0, parts * np.log2(parts / whole), 0.0)
    difference: NDArray[np.float64] = terms.sum(axis=1)
    return difference


def _bins_of(codes: Codes) -> Codes:
    return np.where(codes < _SINGLE, codes, _SINGLE + ((codes - _SINGLE) >> _TOGETHER))
