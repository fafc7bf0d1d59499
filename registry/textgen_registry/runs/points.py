"""Which figures can be recorded, found out before they wait with others to be stored.

One that no database can hold would keep all that came with it from being stored.
"""

from __future__ import annotations

import operator
from typing import SupportsFloat

from textgen.errors import UsageError
from textgen_registry.records import MetricPoint

LARGEST_COUNT = 2**63 - 1  # what a column of 64 bits holds

_LONGEST_NAME = 200
_MOST_QUOTED = 40


def checked(point: MetricPoint) -> MetricPoint:
    """Return a figure in plain numbers, whatever kind of numbers it was given in.

    Raises:
        UsageError: Its step or time is no whole number from 0 to 2⁶³ - 1, its value or epoch no
            number, or its name no text of 1 to 200 characters.
    """
    if not isinstance(point.name, str) or not 0 < len(point.name) <= _LONGEST_NAME:
        raise _refused(point, f"its name must be a text of 1 to {_LONGEST_NAME} characters")
    return MetricPoint(
        step=_count(point, "step", point.step),
        epoch=_real(point, "epoch", point.epoch),
        name=point.name,
        value=_real(point, "value", point.value),
        time=_count(point, "time", point.time),
    )


def _count(point: MetricPoint, what: str, given: object) -> int:
    try:
        number = operator.index(given)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if not 0 <= number <= LARGEST_COUNT:
        raise _refused(point, f"its {what} must be a whole number from 0 to {LARGEST_COUNT}")
    return number


def _real(point: MetricPoint, what: str, given: object) -> float:
    try:
        if isinstance(given, SupportsFloat):
            return float(given)
    except (OverflowError, TypeError, ValueError):
        pass
    raise _refused(point, f"its {what} must be a number that a float can hold")


def _refused(point: MetricPoint, rule: str) -> UsageError:
    shown = repr(point.name[:_MOST_QUOTED]) if isinstance(point.name, str) else "without a name"
    return UsageError(f"figure {shown}: {rule}. Nothing of what came with it was taken.")
