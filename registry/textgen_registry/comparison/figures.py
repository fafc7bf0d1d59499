"""Figures of runs beside each other: which way is better, the best of each run, who is ahead.

Knows names and numbers, nothing of where they were recorded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from textgen_registry.comparison.ground import Ground

Better = Literal["lower", "higher"]

# A plugin may record anything, of which nobody here can say what is better: only names that hold
# one of these words are a contest.
_LOWER_IS_BETTER = ("loss", "entropy", "bits_per_char", "perplexity")
_HIGHER_IS_BETTER = ("accuracy",)


@dataclass(frozen=True)
class MetricComparison:
    """One metric, run by run.

    Attributes:
        name: What was measured.
        better: Which way is better; None where neither is, as for seconds, or the name does not
            tell.
        best: The best value of each run, NaN only where it has no other; None where the run lacks
            the metric or neither way is better.
        last: The value at the last step of each run, None where it lacks the metric.
        winners: Places of the runs with the best ``best``; empty where fewer than two runs have
            one, neither way is better, or the runs lack the common ground. NaN never wins.
    """

    name: str
    better: Better | None
    best: tuple[float | None, ...]
    last: tuple[float | None, ...]
    winners: tuple[int, ...]


def compare_metrics(
    runs: Sequence[Mapping[str, Sequence[float]]], ground: Ground
) -> Iterator[MetricComparison]:
    """Yield every metric that any run has, in alphabetical order.

    Args:
        runs: For each run its values by name, in the order of their steps.
        ground: What the runs have in common.
    """
    for name in sorted({name for series in runs for name in series}):
        better = direction(name)
        best = tuple(_best(series.get(name, ()), better) for series in runs)
        last = tuple(series[name][-1] if name in series else None for series in runs)
        ahead = winners(best, better) if ground.compares(name) else ()
        yield MetricComparison(name=name, better=better, best=best, last=last, winners=ahead)


def direction(name: str) -> Better | None:
    """Tell which way a metric is better."""
    if any(word in name for word in _LOWER_IS_BETTER):
        return "lower"
    return "higher" if any(word in name for word in _HIGHER_IS_BETTER) else None


def winners(values: Sequence[float | None], better: Better | None) -> tuple[int, ...]:
    """Return the places of the best values, none where fewer than two runs have one."""
    if sum(value is not None for value in values) < 2:
        return ()
    target = _best([value for value in values if value is not None], better)
    return tuple(place for place, value in enumerate(values) if value == target)


def _best(values: Iterable[float], better: Better | None) -> float | None:
    values = list(values)
    if better is None or not values:
        return None
    numbers = [value for value in values if not math.isnan(value)]
    if not numbers:
        return math.nan
    return min(numbers) if better == "lower" else max(numbers)
