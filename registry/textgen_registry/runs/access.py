"""A change of one run, of which it is known by then that it is there.

Knows how a transaction is opened, and nothing of what is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from textgen_registry.database.database import Database
from textgen_registry.database.location import Location
from textgen_registry.runs.finding import empty_registry, require_untrashed

T = TypeVar("T")


def change_run(
    database: Database,
    run_id: str,
    work: Callable[[Connection], T],
    *,
    require: Callable[[Connection, str, Location], None] = require_untrashed,
) -> T:
    """Return what ``work`` returns, in a transaction that no other writer can be in.

    Args:
        database: Where the run is.
        run_id: The run's id.
        work: Changes it; called again when the connection is lost.
        require: Refuses a run that is not there, or also one in the trash.

    Raises:
        RunNotFoundError: There is no such run, or it is in the trash.
        RegistryError: The registry cannot be written.
    """
    if not database.exists():
        raise empty_registry(run_id, database.location)

    def change(connection: Connection) -> T:
        require(connection, run_id, database.location)
        return work(connection)

    return database.write(change)
