"""Ages as people type them: a number and a unit."""

from __future__ import annotations

import re
from datetime import timedelta

from textgen.errors import UsageError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)


def parse_age(text: str, option: str) -> timedelta:
    """Return how long ``text`` means: ``30d``, ``12h``.

    Args:
        text: A whole number and one of s, m, h, d and w.
        option: Whose value it is, for the message.

    Raises:
        UsageError: It is something else.
    """
    match = _AGE.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"{option} {text!r}: write a whole number and a unit, s, m, h, d or w, such as 30d."
        )
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
