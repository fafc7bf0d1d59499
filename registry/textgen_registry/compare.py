"""What differs between runs: settings first, then figures with the winner marked.

Knows records and figures; shows nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from textgen_registry.records import TELLING_FIELDS, RunRecord, RunRow
from textgen_registry.runs.flattening import flat
from textgen_registry.store import Registry

Better = Literal["lower", "higher"]

# A plugin may record anything, of which nobody here can say what is better: only names that hold
# one of these words are a contest.
_LOWER_IS_BETTER = ("loss", "entropy", "bits_per_char", "perplexity")
_HIGHER_IS_BETTER = ("accuracy",)

_ABSENT = object()


@dataclass(frozen=True)
class SettingDifference:
    """A setting that is not the same in all runs.

    Attributes:
        key: Where it stands: "model.hidden_size", "parts.model.version", "environment.torch",
            "corpus.sha256_text".
        values: One per run, None where the run lacks the setting or holds a null.
        present: One per run: whether it has the setting, which tells the two apart.
    """

    key: str
    values: tuple[Any, ...]
    present: tuple[bool, ...]


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
            one, or neither way is better. NaN never wins.
    """

    name: str
    better: Better | None
    best: tuple[float | None, ...]
    last: tuple[float | None, ...]
    winners: tuple[int, ...]


@dataclass(frozen=True)
class Comparison:
    """What differs between runs. Every tuple of values is in the order of ``runs``.

    Attributes:
        runs: The runs compared.
        settings: What was set or found differently, in the order of the first run's settings.
        metrics: Every metric that any run has, in alphabetical order.
    """

    runs: tuple[RunRow, ...]
    settings: tuple[SettingDifference, ...]
    metrics: tuple[MetricComparison, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values. A float may still be NaN or infinite."""
        return {
            "runs": [row.as_dict() for row in self.runs],
            "settings": [_plain(setting) for setting in self.settings],
            "metrics": [_plain(metric) for metric in self.metrics],
        }


def compare(registry: Registry, runs: Sequence[RunRecord]) -> Comparison:
    """Compare runs of one registry.

    Args:
        registry: Where their figures are.
        runs: The runs, in the order wanted.

    Raises:
        RunNotFoundError: One of them is gone by now.
        RegistryError: The registry cannot be read.
    """
    return Comparison(
        runs=tuple(run.row() for run in runs),
        settings=tuple(_differences([dict(_settings(run)) for run in runs])),
        metrics=tuple(_metrics([_series(registry, run) for run in runs])),
    )


def _settings(run: RunRecord) -> Iterator[tuple[str, Any]]:
    """Yield everything that can make two runs differ, under dotted keys."""
    yield from flat(run.config)
    for kind, part in run.parts.items():
        telling = {key: part[key] for key in TELLING_FIELDS if key in part}
        yield from flat(telling, f"parts.{kind}.")
    yield from flat(run.environment, "environment.")
    if "sha256_text" in run.provenance:
        yield "corpus.sha256_text", run.provenance["sha256_text"]


def _differences(settings: Sequence[Mapping[str, Any]]) -> Iterator[SettingDifference]:
    for key in dict.fromkeys(key for of_run in settings for key in of_run):
        values = [of_run.get(key, _ABSENT) for of_run in settings]
        if not all(_same(value, values[0]) for value in values):
            present = tuple(value is not _ABSENT for value in values)
            shown = tuple(None if value is _ABSENT else value for value in values)
            yield SettingDifference(key=key, values=shown, present=present)


def _same(one: Any, other: Any) -> bool:
    if _is_nan(one) and _is_nan(other):
        return True
    # True equals 1 in Python; a switch and a number are not the same setting.
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _series(registry: Registry, run: RunRecord) -> dict[str, list[float]]:
    series: dict[str, list[float]] = {}
    for point in registry.metrics(run):
        series.setdefault(point.name, []).append(point.value)
    return series


def _metrics(runs: Sequence[Mapping[str, list[float]]]) -> Iterator[MetricComparison]:
    for name in sorted({name for series in runs for name in series}):
        better = _direction(name)
        best = tuple(_best(series.get(name, ()), better) for series in runs)
        last = tuple(series[name][-1] if name in series else None for series in runs)
        yield MetricComparison(
            name=name, better=better, best=best, last=last, winners=_winners(best, better)
        )


def _direction(name: str) -> Better | None:
    if any(word in name for word in _LOWER_IS_BETTER):
        return "lower"
    return "higher" if any(word in name for word in _HIGHER_IS_BETTER) else None


def _best(values: Iterable[float], better: Better | None) -> float | None:
    values = list(values)
    if better is None or not values:
        return None
    numbers = [value for value in values if not math.isnan(value)]
    if not numbers:
        return math.nan
    return min(numbers) if better == "lower" else max(numbers)


def _winners(best: Sequence[float | None], better: Better | None) -> tuple[int, ...]:
    if sum(value is not None for value in best) < 2:
        return ()
    target = _best([value for value in best if value is not None], better)
    return tuple(place for place, value in enumerate(best) if value == target)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _plain(record: SettingDifference | MetricComparison) -> dict[str, Any]:
    fields = asdict(record)
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in fields.items()
    }
