"""A shuffled order of 0 … N-1 that is computed where it is asked for and stored nowhere.

A Feistel network is a permutation of the numbers with 2k bits, whatever its round function is
(Luby and Rackoff, "How to construct pseudorandom permutations", 1988). Numbers that come out beyond
N are put in again until they do not (cycle walking: Black and Rogaway, "Ciphers with arbitrary
finite domains", 2002), which is a permutation of 0 … N-1. As 2^2k is below 4 N, that takes fewer
than four rounds of the network on average.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 6

Numbers = NDArray[np.uint64]


class Permutation:
    """One order of 0 … N-1, the same for the same seed on every machine."""

    def __init__(self, size: int, seed: int) -> None:
        """Choose an order of ``size`` numbers, at least one."""
        self._size = np.uint64(size)
        half = max(1, -(-(size - 1).bit_length() // 2))
        self._shift, self._mask = np.uint64(half), np.uint64((1 << half) - 1)
        self._keys = np.random.SeedSequence(seed).generate_state(_ROUNDS, np.uint64)

    def __getitem__(self, places: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return which numbers stand at ``places``, of any shape, each from 0 to N-1."""
        found = self._encipher(np.asarray(places).astype(np.uint64))
        beyond = found >= self._size
        while beyond.any():
            found[beyond] = self._encipher(found[beyond])
            beyond = found >= self._size
        return found.astype(np.int64)

    def _encipher(self, numbers: Numbers) -> Numbers:
        left, right = numbers >> self._shift, numbers & self._mask
        for key in self._keys:
            left, right = right, left ^ (_mixed(right ^ key) & self._mask)
        return (left << self._shift) | right


def _mixed(numbers: Numbers) -> Numbers:
    """Return numbers of which every bit depends on every bit of the given ones.

    The constants are those of the finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable
    pseudorandom number generators", 2014).
    """
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
