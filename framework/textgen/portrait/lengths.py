"""How often each length occurs, of lines or of documents.

Distinct lengths are few where lengths add up to a text: never more than √(2N) of N characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator


class Lengths:
    """Lengths in characters, and how often each occurs."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def add(self, length: int, count: int = 1) -> None:
        """Count ``count`` more of this length."""
        self._counts[length] += count

    def __len__(self) -> int:
        return self._counts.total()

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Yield each length and its count, shortest first."""
        return iter(sorted(self._counts.items()))

    def quantile(self, part: float) -> int:
        """Return the shortest length that at least ``part`` of all do not exceed; 0 of none."""
        wanted, seen = part * len(self), 0
        for length, count in self:
            seen += count
            if seen >= wanted:
                return length
        return 0

    def share(self, low: int, high: int) -> float:
        """Return which part of all is of a length from ``low`` to ``high``, both included."""
        within = sum(count for length, count in self if low <= length <= high)
        return within / max(1, len(self))
