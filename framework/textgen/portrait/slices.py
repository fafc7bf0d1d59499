"""A text from beginning to end, in some two hundred slices of equal length.

How long a text is shows at its end, so slices begin short, and whenever they are too many, each
two become one. Of each is kept how often it has which characters; characters beyond `_SINGLE` are
counted together by 128 neighbours, which keeps the memory bounded for any script.
"""

from __future__ import annotations

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

    def counts(self, most: int = _MOST) -> Counts:
        """Return at most ``most`` slices, each how often it has the characters of each bin."""
        used = -(-self._read // self._width)
        columns = min(used, most)
        if not columns:
            return self._counts[:0]
        edges = np.arange(columns) * used // columns
        summed: Counts = np.add.reduceat(self._counts[:used], edges, axis=0)
        return summed

    def _halve(self) -> None:
        halves = self._counts[0::2] + self._counts[1::2]
        self._counts[: _MOST // 2] = halves
        self._counts[_MOST // 2 :] = 0
        self._width *= 2


def line_lengths(slices: Counts) -> list[float]:
    """Return the mean length of the lines in each slice; a slice without an end of one is one."""
    sizes, ends = slices.sum(axis=1), slices[:, ord("\n")]
    means: list[float] = ((sizes - ends) / np.maximum(ends, 1)).tolist()
    return means


def share_of(slices: Counts, characters: str) -> list[float]:
    """Return which part of each slice is made of ``characters``, all of them below U+0400."""
    part = slices[:, [ord(character) for character in characters]].sum(axis=1)
    shares: list[float] = (part / slices.sum(axis=1)).tolist()
    return shares


def beyond_ascii(slices: Counts) -> list[float]:
    """Return which part of each slice is not ASCII."""
    shares: list[float] = (slices[:, 0x80:].sum(axis=1) / slices.sum(axis=1)).tolist()
    return shares


def strangeness(slices: Counts) -> list[float]:
    """Return by how many bits per character each slice's mixture differs from the whole text's.

    It is the Kullback–Leibler divergence of the slice from all slices together: near nothing where
    the text is as everywhere, higher in tables, lists, and another language.
    """
    whole = slices.sum(axis=0) / max(1, slices.sum())
    parts = slices / slices.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(parts > 0, parts * np.log2(parts / whole), 0.0)
    differences: list[float] = terms.sum(axis=1).tolist()
    return differences


def _bins_of(codes: Codes) -> Codes:
    return np.where(codes < _SINGLE, codes, _SINGLE + ((codes - _SINGLE) >> _TOGETHER))
