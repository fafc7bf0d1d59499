"""What a written value is: a number, a moment, or nothing at all.

Knows neither names nor tables.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from textgen_registry.ages import age_of
from textgen_registry.query.language import Value

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?inf|nan", re.IGNORECASE)
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<minute>\d\d:\d\d)(?P<second>:\d\d(?P<fraction>\.\d{1,6})?)?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?",
    re.IGNORECASE,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Span(NamedTuple):
    """A stretch of time, in microseconds since 1970-01-01 UTC: what a time names, to its precision.

    Attributes:
        start: Its first microsecond.
        end: The first one after it.
    """

    start: int
    end: int


def is_none(value: Value) -> bool:
    """Tell whether a value is the word for there being none."""
    return not value.quoted and value.text.lower() == "none"


def number(value: Value) -> float | None:
    """Return the number that a value is, None where it is none."""
    is_number = not value.quoted and _NUMBER.fullmatch(value.text)
    return float(value.text) if is_number else None


def span(value: Value, now: int) -> Span | None:
    """Return the stretch of time that a value names, None where it names none.

    Args:
        value: ``2026-10-01``, the whole day in the user's zone; ``2026-10-01T12:30``, that minute;
            with seconds, and their fractions, likewise; with an offset, in that zone; ``-7d``, the
            moment so long before ``now``.
        now: In microseconds since 1970-01-01 UTC.
    """
    ago = age_of(value.text[1:]) if value.text.startswith("-") else None
    if ago is not None:
        moment = now - ago // _MICROSECOND
        return Span(moment, moment + 1)
    written = _TIME.fullmatch(value.text)
    try:
        return _span(written) if written else None
    except (ValueError, OverflowError, OSError):  # the 31st of February, the end of the year 9999
        return None


def _span(written: re.Match[str]) -> Span:
    start = datetime.fromisoformat(written.group().upper())
    end = start + _length(written)
    return Span(_microseconds(start), _microseconds(end))


def _length(written: re.Match[str]) -> timedelta:
    if written["fraction"]:
        return _MICROSECOND
    if written["second"]:
        return timedelta(seconds=1)
    return timedelta(minutes=1) if written["minute"] else timedelta(days=1)


def _microseconds(moment: datetime) -> int:
    """Return a time as an integer; one without an offset is the user's."""
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND
