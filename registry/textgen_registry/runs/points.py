"""Which figures and steps can be recorded, found out before they wait with others to be stored.

One that no database can hold would keep all that came with it from being stored.
"""

from __future__ import annotations

import operator
from typing import Any, SupportsFloat

from textgen.errors import UsageError
from textgen_registry.records import MetricPoint

LARGEST_COUNT = 2**63 - 1  # what a column of 64 bits holds

_LONGEST_NAME = 200
_MOST_QUOTED = 40


def checked_point(point: MetricPoint) -> MetricPoint:
    """Return a figure in plain numbers, whatever kind of numbers it was given in.

    Raises:
        UsageError: Its step or time is no whole number from 0 to 2⁶³ - 1, its value or epoch no
            number, or its name no text of 1 to 200 characters.
    """
    if _is_plain(point):  # as nearly all are; a hundred thousand a second want to be looked at
        return point
    name = point.name
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        raise _refused("figure", name, f"its name must be a text of 1 to {_LONGEST_NAME} letters")
    step, time = (_count(f"{what} of {name!r}", getattr(point, what)) for what in ("step", "time"))
    epoch, value = (
        _real(f"{what} of {name!r}", getattr(point, what)) for what in ("epoch", "value")
    )
    return MetricPoint(step=step, epoch=epoch, name=name, value=value, time=time)


def _is_plain(point: MetricPoint) -> bool:
    return (
        type(point.value) is type(point.epoch) is float
        and type(point.step) is type(point.time) is int
        and 0 <= point.step <= LARGEST_COUNT
        and 0 <= point.time <= LARGEST_COUNT
        and type(point.name) is str
        and 0 < len(point.name) <= _LONGEST_NAME
    )


def checked_step(step: Any) -> int:
    """Return a number of optimiser steps as a plain integer.

    Raises:
        UsageError: It is no whole number from 0 to 2⁶³ - 1.
    """
    return _count("step", step)


def _count(what: str, given: Any) -> int:
    try:
        number = operator.index(given)
    except TypeError:
        number = -1
    if 0 <= number <= LARGEST_COUNT:
        return number
    raise _refused(what, given, f"it must be a whole number from 0 to {LARGEST_COUNT}")


def _real(what: str, given: Any) -> float:
    try:
        if isinstance(given, SupportsFloat):
            return float(given)
    except (OverflowError, TypeError, ValueError):
        pass
    raise _refused(what, given, "it must be a number that a float can hold")


def _refused(what: str, given: Any, rule: str) -> UsageError:
    shown = given if isinstance(given, str | float) else f"a {type(given).__name__}"
    return UsageError(f"{what} {str(shown)[:_MOST_QUOTED]!r}: {rule}. Nothing was recorded of it.")
