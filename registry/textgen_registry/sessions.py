"""Sessions of a run: from its start, or from where it was resumed, to where it was stopped.

A run that is resumed elsewhere, or with other versions, is not quite the run that it would have
been. So each session keeps what its results depend on, and here is told what differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textgen_registry.records import TELLING_FIELDS, iso_time


@dataclass(frozen=True)
class SessionRecord:
    """What is recorded of one session.

    Attributes:
        number: 1 for the first, 2 after the first resumption, ….
        started: When it began, in microseconds since 1970-01-01 UTC.
        first_step: Optimiser steps taken before it.
        environment: Versions, device and threads that its result depends on.
        parts: For each kind, the part's name, plugin, package and version.
    """

    number: int
    started: int
    first_step: int
    environment: Mapping[str, Any]
    parts: Mapping[str, Mapping[str, Any]]

    def heading(self) -> dict[str, Any]:
        """Return which session it is and where it began, as plain values."""
        started = iso_time(self.started)
        return {"number": self.number, "started": started, "first_step": self.first_step}


def session_differences(sessions: Sequence[SessionRecord]) -> dict[str, tuple[Any, ...]]:
    """Return what is not the same in all sessions, under the keys that a comparison of runs uses.

    Returns:
        For each such key ("environment.torch", "parts.model.version") one value per session;
        None where a session lacks it.
    """
    conditions = [dict(_conditions(session)) for session in sessions]
    keys = dict.fromkeys(key for of_session in conditions for key in of_session)
    values = {key: tuple(of_session.get(key) for of_session in conditions) for key in keys}
    return {key: row for key, row in values.items() if any(value != row[0] for value in row)}


def _conditions(session: SessionRecord) -> Iterator[tuple[str, Any]]:
    for key, value in session.environment.items():
        yield f"environment.{key}", value
    for kind, part in session.parts.items():
        yield from ((f"parts.{kind}.{key}", part[key]) for key in TELLING_FIELDS if key in part)
