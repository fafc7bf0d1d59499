"""A registry's PostgreSQL database: what is promised of transactions, and which errors pass.

Needs the extra ``postgres``.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Collection

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from textgen_registry.database.backend import Claim
from textgen_registry.database.location import Server
from textgen_registry.database.server_connections import Connections
from textgen_registry.database.session_locks import locked

# Classes of SQLSTATE: a broken connection, a transaction that made way for another.
_PASSING_CLASSES = ("08", "40")
# Shut down by an operator, after a crash, not up yet; no connection left.
_PASSING_STATES = {"57P01", "57P02", "57P03", "53300"}
# Why a connection was refused has no SQLSTATE, only words.
_REFUSED_FOR_GOOD = (
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "does not exist",
    "permission denied",
    "not known",
    "not currently accepting connections",
)


class PostgreSQLServer:
    """A `Backend`: one database on a server."""

    migrates_itself = False
    may_lose_an_answer = True

    def __init__(self, location: Server) -> None:
        self._location = location
        self._of_processes: list[Connections] = []  # its parents', and last its own
        self._connect()

    def exists(self) -> bool:
        """Return True: a database that is not there is told by its server."""
        return True

    def make(self) -> None:
        """Make nothing: whoever runs the server makes the database."""

    def is_passing(self, error: BaseException) -> bool:
        """Tell whether the connection was lost, or could not be made for now."""
        if not isinstance(error, DBAPIError):
            return False
        state = getattr(error.orig, "sqlstate", None)
        if state is not None:
            return state in _PASSING_STATES or state.startswith(_PASSING_CLASSES)
        return error.connection_invalidated or _may_be_reached_later(error)

    @property
    def reading(self) -> Engine:
        """Begins transactions that see one state throughout."""
        return self._connections.reading

    @property
    def writing(self) -> Engine:
        """Begins transactions of which there is one at a time."""
        return self._connections.writing

    @property
    def migrating(self) -> Engine:
        """As ``writing``: tables are changed, not made anew."""
        return self.writing

    def claim(self, run_id: str) -> Claim | None:
        """Claim a run for this process; return None where a living process has it."""
        lock = self._connections.lock(run_id)
        return lock if lock.renew() else None

    def claimed(self, run_ids: Collection[str]) -> set[str]:
        """Return those of the runs that a living process has."""
        if not run_ids:
            return set()
        with self.reading.connect() as connection:
            return locked(connection, run_ids)

    def left(self) -> list[str]:
        """Return nothing: a claim leaves nothing behind."""
        return []

    def forget(self, run_id: str) -> None:
        """Do nothing: a claim leaves nothing behind."""

    def damage(self, connection: Connection) -> list[str]:
        """Return nothing: a server has no cheap way to look for damage."""
        return []

    @property
    def _connections(self) -> Connections:
        if self._of_processes[-1].process != os.getpid():
            self._connect()
        return self._of_processes[-1]

    def _connect(self) -> None:
        connections = Connections(self._location)
        weakref.finalize(self, connections.close)
        self._of_processes.append(connections)


def _may_be_reached_later(error: DBAPIError) -> bool:
    from psycopg import OperationalError

    refused = isinstance(error.orig, OperationalError)
    return refused and not any(words in str(error.orig) for words in _REFUSED_FOR_GOOD)
