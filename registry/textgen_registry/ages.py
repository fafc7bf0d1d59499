"""Ages as people write them: a whole number and a unit."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)


def age_of(text: str) -> timedelta | None:
    """Return how long ``30d`` or ``12h`` is; None for what is no age."""
    written = _AGE.fullmatch(text)
    return timedelta(**{_UNITS[written[2]]: int(written[1])}) if written else None
