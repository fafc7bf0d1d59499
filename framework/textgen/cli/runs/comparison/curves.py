"""Curves of held-out figures and the axes they are drawn along, on whatever page that is.

Knows figures; draws nothing.
"""

from __future__ import annotations

import math
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from textgen_registry import Comparison
from textgen_registry.comparison.equal_cost import Cost, Evaluation

MARKS = string.ascii_uppercase[:12]
"""What runs are called where there is room for one letter: as many as can be told apart."""

Point = tuple[float, float]

_LARGEST = 1e100  # beyond it the arithmetic of axes may overflow
_STEPS = (1, 2, 5, 10)
_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True)
class Curve:
    """How a figure of one run went.

    Attributes:
        place: Which of the runs compared it is, from 0.
        name: The run's name.
        pieces: Points from left to right; what was not a finite number leaves a gap between two
            pieces. None of them is empty.
    """

    place: int
    name: str
    pieces: tuple[tuple[Point, ...], ...]

    @property
    def mark(self) -> str:
        """The run's letter."""
        return MARKS[self.place]

    @property
    def points(self) -> list[Point]:
        """All points, gaps forgotten."""
        return [point for piece in self.pieces for point in piece]


@dataclass(frozen=True)
class Axis:
    """A scale from ``low`` to ``high``, with a few round values on it."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def part(self, value: float) -> float:
        """Return how far along the axis a value is, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def curves_of(comparison: Comparison, metric: str, cost: Cost) -> list[Curve]:
    """Return the curves of a held-out figure over what it cost; a run without one has none."""
    found = []
    for place, (run, looks) in enumerate(zip(comparison.runs, comparison.evaluations, strict=True)):
        pieces = tuple(_pieces(looks, metric, cost))
        if pieces:
            found.append(Curve(place, run.name, pieces))
    return found


def _pieces(looks: Sequence[Evaluation], metric: str, cost: Cost) -> Iterator[tuple[Point, ...]]:
    points = [(look.spent(cost), look.figures.get(metric)) for look in looks]
    for drawable, piece in groupby(points, key=lambda point: all(map(_is_drawable, point))):
        if drawable:
            yield tuple((x or 0.0, y or 0.0) for x, y in piece)


def _is_drawable(value: float | None) -> bool:
    return value is not None and abs(value) < _LARGEST  # NaN is not


def axis_from_zero(values: Iterable[float]) -> Axis:
    """Return an axis for costs: from nothing to the largest."""
    high = max(values) or 1.0
    step = _step(high)
    return Axis(0.0, high, _multiples(step, 0, math.floor(high / step + 1e-9)))


def axis_around(values: Iterable[float]) -> Axis:
    """Return an axis for figures: from a round value below to a round value above."""
    values = list(values)
    low, high = min(values), max(values)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        room = abs(high) / 10 or 1.0
        low, high = low - room, high + room
    step = _step(high - low)
    first, last = math.floor(low / step), math.ceil(high / step)
    ticks = _multiples(step, first, last)
    return Axis(ticks[0], ticks[-1], ticks)


def _step(span: float) -> float:
    """Return a round step of which four to eight go into a span."""
    rough = span / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return min((power * factor for factor in _STEPS), key=lambda step: abs(math.log(step / rough)))


def _multiples(step: float, first: int, last: int) -> tuple[float, ...]:
    return tuple(step * count for count in range(first, last + 1))


def short(value: float) -> str:
    """Return a value as an axis shows it: ``250k``, ``1.5``."""
    for size, prefix in _PREFIXES:
        if abs(value) >= size:
            return f"{value / size:.4g}{prefix}"
    return f"{value:.4g}"
