"""Runs beside each other: what differs, how they did at best and at equal cost, what they wrote.

Knows records and figures; shows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from textgen_registry.comparison.equal_cost import (
    EqualCost,
    Evaluation,
    at_equal_cost,
    evaluations_of,
)
from textgen_registry.comparison.figures import MetricComparison, compare_metrics
from textgen_registry.comparison.ground import Ground, common_ground
from textgen_registry.comparison.settings import SettingDifference, differences
from textgen_registry.records import MetricPoint, RunRecord, RunRow
from textgen_registry.store import Registry


@dataclass(frozen=True)
class Sample:
    """What a run wrote after a prompt."""

    prompt: str
    text: str


@dataclass(frozen=True)
class Comparison:
    """What differs between runs. Every tuple of values is in the order of ``runs``.

    Attributes:
        runs: The runs compared.
        ground: Whether they were measured on the same text, in the same tokens.
        settings: What was set or found differently, in the order of the first run's settings.
        metrics: Every metric that any run has, in alphabetical order.
        equal_cost: Held-out figures after as many training tokens, then after as many seconds;
            without what fewer than two runs have.
        evaluations: Of each run, in the order of their steps.
        samples: Of each run, None where it has written none.
    """

    runs: tuple[RunRow, ...]
    ground: Ground
    settings: tuple[SettingDifference, ...]
    metrics: tuple[MetricComparison, ...]
    equal_cost: tuple[EqualCost, ...]
    evaluations: tuple[tuple[Evaluation, ...], ...]
    samples: tuple[Sample | None, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values. A float may still be NaN or infinite."""
        plain: dict[str, Any] = _plain({**vars(self), "runs": ()})
        return {**plain, "runs": [row.as_dict() for row in self.runs]}


def compare(registry: Registry, runs: Sequence[RunRecord]) -> Comparison:
    """Compare runs of one registry.

    Args:
        registry: Where their figures are.
        runs: The runs, in the order wanted.

    Raises:
        RunNotFoundError: One of them is gone by now.
        RegistryError: The registry cannot be read.
    """
    points = [registry.metrics(run) for run in runs]
    ground = common_ground(runs)
    evaluations = tuple(map(evaluations_of, runs, points))
    return Comparison(
        runs=tuple(run.row() for run in runs),
        ground=ground,
        settings=tuple(differences(runs)),
        metrics=tuple(compare_metrics([_series(of_run) for of_run in points], ground)),
        equal_cost=(
            *at_equal_cost(evaluations, "tokens", ground),
            *at_equal_cost(evaluations, "seconds", ground),
        ),
        evaluations=evaluations,
        samples=tuple(map(_sample, runs)),
    )


def _series(points: Sequence[MetricPoint]) -> dict[str, list[float]]:
    series: dict[str, list[float]] = {}
    for point in points:
        series.setdefault(point.name, []).append(point.value)
    return series


def _sample(run: RunRecord) -> Sample | None:
    return None if run.sample_text is None else Sample(run.sample_prompt or "", run.sample_text)


def _plain(value: Any) -> Any:
    """Return nested records and tuples as dictionaries and lists."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _plain(asdict(value)) if hasattr(value, "__dataclass_fields__") else value
