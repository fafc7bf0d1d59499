"""Whether a run is there, in the trash, or neither: what that means in the table of runs.

Knows the run table alone, and nothing of messages.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from textgen_registry.database.schema import run

NEWEST_FIRST = (run.c.created.desc(), run.c.id.desc())
IS_THERE = run.c.deleted.is_(None)
IN_TRASH = run.c.deleted.is_not(None)


def is_known(connection: Connection, run_id: str) -> bool:
    """Tell whether there is a run of that id, in the trash or not."""
    return connection.scalar(select(run.c.id).where(run.c.id == run_id)) is not None


def when_deleted(connection: Connection, run_id: str) -> int | None:
    """Return when a run was put into the trash, None where it is not in it."""
    return connection.scalar(select(run.c.deleted).where(run.c.id == run_id))
