"""Which run a reference means: ``latest``, an id, a name, or the beginning of an id.

Knows the run table alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from textgen.errors import RunNotFoundError, nearest
from textgen_registry.database.location import Location
from textgen_registry.database.schema import run
from textgen_registry.ids import ID_LENGTH
from textgen_registry.records import local_minute
from textgen_registry.runs.naming import LATEST, LONGEST_NAME
from textgen_registry.runs.presence import (
    IN_TRASH,
    IS_THERE,
    NEWEST_FIRST,
    is_known,
    when_deleted,
)

_MOST_LISTED = 3
_MOST_COMPARED = 500


class _Candidate(NamedTuple):
    id: str
    name: str
    created: int


def find_run_id(connection: Connection, reference: str, location: Location) -> str:
    """Return the id of the one run that ``reference`` means.

    An exact id comes before an exact name, and that before the beginning of an id.

    Args:
        connection: A transaction of the registry.
        reference: What the user wrote.
        location: Where the registry is, for messages.

    Raises:
        RunNotFoundError: No run, or more than one, goes by it.
    """
    if reference == LATEST:
        found = next(iter(_candidates(connection, IS_THERE, most=1)), None)
    else:
        # A run in the trash goes by its whole id alone.
        ways = [run.c.id == reference, *_ways(reference, IS_THERE)]
        found = _match(connection, reference, *ways)
    if found is None:
        raise unknown_run(connection, reference, location)
    return found.id


def find_trashed_id(connection: Connection, reference: str, location: Location) -> str:
    """Return the id of the one run in the trash that ``reference`` means.

    Args:
        connection: A transaction of the registry.
        reference: An id, a name, or the beginning of an id.
        location: Where the registry is, for messages.

    Raises:
        RunNotFoundError: No run in the trash, or more than one, goes by it.
    """
    found = _match(connection, reference, *_ways(reference, IN_TRASH))
    if found is None:
        raise RunNotFoundError(
            f"no run {quoted(reference)} in the trash of the registry at {location}. "
            "`textgen runs list --deleted` shows what is there."
        )
    return found.id


def _ways(reference: str, among: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """Return what to look for among some runs, one after the other."""
    ways = [run.c.id == reference, run.c.name == reference]
    if 0 < len(reference) <= ID_LENGTH:
        ways.append(run.c.id.startswith(reference.lower(), autoescape=True))
    return [way & among for way in ways]


def _match(connection: Connection, reference: str, *ways: ColumnElement[bool]) -> _Candidate | None:
    """Return the run that is found first.

    Raises:
        RunNotFoundError: More than one goes by the reference.
    """
    for way in ways:
        found = _candidates(connection, way, most=_MOST_LISTED)
        if len(found) > 1:
            raise _ambiguous(reference, found, _count(connection, way))
        if found:
            return found[0]
    return None


def require_run(connection: Connection, run_id: str, location: Location) -> None:
    """Refuse an id that no run has.

    Raises:
        RunNotFoundError: There is no such run.
    """
    if not is_known(connection, run_id):
        raise unknown_run(connection, run_id, location)


def require_untrashed(connection: Connection, run_id: str, location: Location) -> None:
    """Refuse an id that no run has, or one in the trash: nothing more is written to it.

    Raises:
        RunNotFoundError: There is no such run, or it is in the trash.
    """
    require_run(connection, run_id, location)
    if when_deleted(connection, run_id) is not None:
        raise RunNotFoundError(
            f"run {run_id} is in the trash of the registry at {location}, and is not changed "
            f"there. Bring it back first: textgen runs restore {run_id}"
        )


def unknown_run(connection: Connection, reference: str, location: Location) -> RunNotFoundError:
    """Return the error for a reference that no run goes by, with the nearest name there is."""
    trashed = _candidates(connection, (run.c.name == reference) & IN_TRASH, most=1)
    if trashed:
        return RunNotFoundError(
            f"run {quoted(reference)} is in the trash of the registry at {location}. "
            f"Bring it back: textgen runs restore {trashed[0].id}"
        )
    names = [row.name for row in _candidates(connection, IS_THERE, most=_MOST_COMPARED)]
    if not names:
        return empty_registry(reference, location)
    return RunNotFoundError(
        f"no run {quoted(reference)} in the registry at {location}{hint(reference, names)} "
        "`textgen runs list` shows them all."
    )


def empty_registry(reference: str, location: Location) -> RunNotFoundError:
    """Return the error for a reference to a run where there are no runs at all."""
    return RunNotFoundError(
        f"no run {quoted(reference)}: the registry at {location} holds none yet. "
        "`textgen run` makes one; --registry or TEXTGEN_REGISTRY names another registry."
    )


def _ambiguous(reference: str, found: Sequence[_Candidate], count: int) -> RunNotFoundError:
    listed = [f"{row.id} ({local_minute(row.created)})" for row in found]
    if count > len(found):
        listed.append(f"and {count - len(found)} older")
    return RunNotFoundError(
        f"{count} runs go by {quoted(reference)}: {', '.join(listed)}. Say a whole id."
    )


def _candidates(
    connection: Connection, condition: ColumnElement[bool], *, most: int
) -> list[_Candidate]:
    columns = select(run.c.id, run.c.name, run.c.created)
    newest = columns.where(condition).order_by(*NEWEST_FIRST).limit(most)
    return [_Candidate(*row) for row in connection.execute(newest)]


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    return connection.scalars(select(func.count()).select_from(run).where(condition)).one()


def hint(reference: str, names: Sequence[str]) -> str:
    """Return the end of a sentence on a name that is none: which one is near, if any is."""
    close = get_close_matches(reference[:LONGEST_NAME], names, n=1, cutoff=0.5)
    return f": {nearest(reference, close)}" if close else "."


def quoted(reference: str) -> str:
    """Return what the user wrote as a message may show it: short, no control codes."""
    if len(reference) > LONGEST_NAME:
        return f"{reference[:LONGEST_NAME]!r}…"
    return repr(reference)
