"""The trash: runs that were deleted, and can be brought back until they are collected.

A run in it keeps its rows and files; only its mark says where it is. Its name is free for others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from textgen_registry.database.database import Database
from textgen_registry.database.schema import run
from textgen_registry.ids import unique_microseconds
from textgen_registry.records import TrashedRun
from textgen_registry.runs.access import change_run
from textgen_registry.runs.changes import update_run
from textgen_registry.runs.finding import find_trashed_id, require_run
from textgen_registry.runs.journal import log
from textgen_registry.runs.naming import clean_name, refuse_taken
from textgen_registry.runs.presence import IN_TRASH, NEWEST_FIRST, when_deleted

if TYPE_CHECKING:
    from textgen_registry.store import Registry

_COLUMNS = (run.c.id, run.c.name, run.c.deleted)


def trashed_runs(registry: Registry) -> list[TrashedRun]:
    """Return the runs in the trash, the newest first."""
    chosen = select(*_COLUMNS).where(IN_TRASH).order_by(*NEWEST_FIRST)
    return registry.database.read(lambda c: [TrashedRun(*row) for row in c.execute(chosen)])


def find_trashed(registry: Registry, reference: str) -> TrashedRun:
    """Return the run in the trash that ``reference`` means.

    Args:
        registry: The registry.
        reference: An id, a name, or the beginning of an id in either case.

    Raises:
        RunNotFoundError: No run in the trash, or more than one, goes by it.
    """

    def read(connection: Connection) -> TrashedRun:
        run_id = find_trashed_id(connection, reference, registry.location)
        return TrashedRun(*connection.execute(select(*_COLUMNS).where(run.c.id == run_id)).one())

    return registry.database.read(read)


def put_into_trash(database: Database, run_id: str) -> None:
    """Mark a run as deleted; one that is so already keeps the time at which it was.

    Raises:
        RunNotFoundError: There is no such run.
    """
    now = unique_microseconds()

    def mark(connection: Connection) -> None:
        if when_deleted(connection, run_id) is None:
            update_run(connection, run_id, deleted=now)
            log(connection, "deleted", run_id=run_id)

    change_run(database, run_id, mark, require=require_run)


def take_from_trash(database: Database, run_id: str, *, name: str | None) -> None:
    """Take the mark from a run; one without it stays as it is.

    Args:
        database: Where the run is.
        run_id: The run's id.
        name: What it is called from now on; None: what it was called.

    Raises:
        RunNotFoundError: There is no such run.
        UsageError: Another run has the name by now, or it is not allowed.
    """
    wanted = None if name is None else clean_name(name)

    def unmark(connection: Connection) -> None:
        if when_deleted(connection, run_id) is None:
            return
        old = connection.scalars(select(run.c.name).where(run.c.id == run_id)).one()
        new = wanted or old
        refuse_taken(
            connection,
            new,
            advice=f"Restore it under another: textgen runs restore {run_id} --name NAME",
        )
        update_run(connection, run_id, deleted=None, name=new)
        log(connection, "restored", run_id=run_id, detail={"name": new})

    change_run(database, run_id, unmark, require=require_run)
