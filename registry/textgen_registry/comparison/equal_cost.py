"""Held-out figures of runs where they had spent the same: training tokens, or seconds.

A run that trained for longer has the better figures at its best, and nobody knows whether it is the
better model. So the runs are also looked at where each had spent as much as the thriftiest of them
spent in all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from textgen_registry.comparison.figures import Better, direction, winners
from textgen_registry.comparison.ground import Ground
from textgen_registry.records import MetricPoint, RunRecord

Cost = Literal["tokens", "seconds"]

_HELD_OUT = ("bits_per_char", "perplexity")
_HELD_OUT_PREFIX = "validation_"


@dataclass(frozen=True)
class Evaluation:
    """One look of a run at its held-out part.

    Attributes:
        step: Optimiser steps taken by then.
        tokens: Training tokens by then: steps times the predictions scored in each, so that a
            token counts as often as it was learned from. None where the plan does not tell.
        seconds: Of training by then, evaluations included; None where they were not measured.
        figures: What was measured, by name.
    """

    step: int
    tokens: int | None
    seconds: float | None
    figures: Mapping[str, float]

    def spent(self, cost: Cost) -> float | None:
        """Return what the run had spent by then, in tokens or in seconds."""
        return self.tokens if cost == "tokens" else self.seconds


@dataclass(frozen=True)
class FigureAtCost:
    """One held-out figure, run by run.

    Attributes:
        name: What was measured.
        better: Which way is better; None where the name does not tell.
        values: One per run, None where it has none.
        winners: Places of the runs with the best value, as in `MetricComparison`.
    """

    name: str
    better: Better | None
    values: tuple[float | None, ...]
    winners: tuple[int, ...]


@dataclass(frozen=True)
class EqualCost:
    """Held-out figures at one cost.

    Runs are evaluated at steps of their own. So each figure is read at ``limit``, off the straight
    line between the run's last evaluation until then and its next. Runs that were never evaluated,
    or of which the cost is not known, do not take part.

    Attributes:
        cost: What was spent.
        limit: The most that every run had spent when it was evaluated: the least, over the runs,
            of what each had spent at its last evaluation.
        steps: The step of each run's last evaluation until then, None where it takes no part or
            had not been evaluated by then.
        spent: What it had spent at that evaluation, likewise: ``limit`` or less.
        figures: In alphabetical order of their names.
    """

    cost: Cost
    limit: float
    steps: tuple[int | None, ...]
    spent: tuple[float | None, ...]
    figures: tuple[FigureAtCost, ...]


def evaluations_of(run: RunRecord, points: Sequence[MetricPoint]) -> tuple[Evaluation, ...]:
    """Return a run's evaluations in the order of their steps.

    Args:
        run: The run.
        points: All its figures.
    """
    seconds = {point.step: point.value for point in points if point.name == "seconds"}
    figures: dict[int, dict[str, float]] = {}
    for point in points:
        if point.name in _HELD_OUT or point.name.startswith(_HELD_OUT_PREFIX):
            figures.setdefault(point.step, {})[point.name] = point.value
    per_step = _count(run.plan.get("tokens_per_step"))
    return tuple(
        Evaluation(step, per_step and step * per_step, seconds.get(step), figures[step])
        for step in sorted(figures)
    )


def at_equal_cost(
    runs: Sequence[Sequence[Evaluation]], cost: Cost, ground: Ground
) -> Iterator[EqualCost]:
    """Yield the one comparison at equal cost, or none where fewer than two runs can take part.

    Args:
        runs: The evaluations of each run.
        cost: What to count.
        ground: What the runs have in common.
    """
    known = [[item for item in of_run if item.spent(cost) is not None] for of_run in runs]
    ends = [max(_spent(item, cost) for item in of_run) for of_run in known if of_run]
    if len(ends) < 2:
        return
    limit = min(ends)
    chosen = [_last_within(of_run, cost, limit) for of_run in known]
    yield EqualCost(
        cost=cost,
        limit=limit,
        steps=_each(chosen, lambda item: item.step),
        spent=_each(chosen, lambda item: item.spent(cost)),
        figures=tuple(_figures(list(zip(known, chosen, strict=True)), cost, limit, ground)),
    )


def _last_within(evaluations: Sequence[Evaluation], cost: Cost, limit: float) -> Evaluation | None:
    within = [item for item in evaluations if _spent(item, cost) <= limit]
    return within[-1] if within else None


def _figures(
    chosen: Sequence[tuple[Sequence[Evaluation], Evaluation | None]],
    cost: Cost,
    limit: float,
    ground: Ground,
) -> Iterator[FigureAtCost]:
    for name in sorted({name for _, item in chosen if item for name in item.figures}):
        values = tuple(_read_at(limit, cost, name, *of_run) for of_run in chosen)
        better = direction(name)
        ahead = winners(values, better) if ground.compares(name) else ()
        yield FigureAtCost(name=name, better=better, values=values, winners=ahead)


def _read_at(
    limit: float, cost: Cost, name: str, evaluations: Sequence[Evaluation], last: Evaluation | None
) -> float | None:
    """Return a figure at a cost: measured there, or on the line to the next evaluation."""
    if last is None or name not in last.figures:
        return None
    begin, value = _spent(last, cost), last.figures[name]
    later = [item for item in evaluations if _spent(item, cost) > limit]
    if begin == limit or not later:
        return value
    way = (limit - begin) / (_spent(later[0], cost) - begin)
    return value + way * (later[0].figures.get(name, math.nan) - value)


def _each(chosen: Sequence[Evaluation | None], of: Callable[[Evaluation], Any]) -> tuple[Any, ...]:
    return tuple(None if item is None else of(item) for item in chosen)


def _spent(item: Evaluation, cost: Cost) -> float:
    return item.spent(cost) or 0.0


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return value if is_count else None
