"""What was set or found differently: settings, corpus, versions of parts, environment.

Knows records, no figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textgen_registry.records import TELLING_FIELDS, RunRecord
from textgen_registry.runs.flattening import flat

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


def differences(runs: Sequence[RunRecord]) -> Iterator[SettingDifference]:
    """Yield what is not the same in all runs, in the order of the first run's settings."""
    settings = [dict(_settings(run)) for run in runs]
    for key in dict.fromkeys(key for of_run in settings for key in of_run):
        values = [of_run.get(key, _ABSENT) for of_run in settings]
        if not all(same(value, values[0]) for value in values):
            present = tuple(value is not _ABSENT for value in values)
            shown = tuple(None if value is _ABSENT else value for value in values)
            yield SettingDifference(key=key, values=shown, present=present)


def same(one: Any, other: Any) -> bool:
    """Tell whether a reader would call two settings the same."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if _is_nan(one) and _is_nan(other):
        return True
    # True equals 1 in Python; a switch and a number are not the same setting.
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _settings(run: RunRecord) -> Iterator[tuple[str, Any]]:
    """Yield everything that can make two runs differ, under dotted keys."""
    yield from flat(run.config)
    for kind, part in run.parts.items():
        telling = {key: part[key] for key in TELLING_FIELDS if key in part}
        yield from flat(telling, f"parts.{kind}.")
    yield from flat(run.environment, "environment.")
    if "sha256_text" in run.provenance:
        yield "corpus.sha256_text", run.provenance["sha256_text"]


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)
