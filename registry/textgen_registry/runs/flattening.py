"""What runs are found by: their settings under dotted keys, and what their metrics come to.

Knows no tables.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield nested settings under dotted keys: ``("model.hidden_size", 256)``."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def setting_rows(config: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows of the table ``setting`` for a configuration; what is null has none.

    The same key may come twice: ``{"a": {"b": 1}, "a.b": 2}``.
    """
    for key, value in flat(config):
        if value is not None:
            yield {"key": key, "text": _typed(value), "number": _number(value)}


def _typed(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None


@dataclass
class Extent:
    """What the points of a metric come to; they are taken in order of their steps.

    Attributes:
        step: The last step.
        last: The value at that step.
        lowest: The lowest value, None while there was none but NaN.
        highest: The highest value, likewise.
    """

    step: int = 0
    last: float = math.nan
    lowest: float | None = None
    highest: float | None = None

    def take_all(self, points: Iterable[tuple[int, float]]) -> None:
        """Take more points, each a step and a value."""
        for self.step, self.last in points:
            if not math.isnan(self.last):
                self.lowest = self.last if self.lowest is None else min(self.lowest, self.last)
                self.highest = self.last if self.highest is None else max(self.highest, self.last)
