"""Which process trains a run: a lock that a PostgreSQL server keeps for as long as a connection.

A process that ends, however it ends, closes its connections; a machine that vanishes is given up
after the time that `postgresql` sets. Each claim has a connection of its own, so that none of what
happens to transactions ends it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

_HELD = text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE granted "
    "AND locktype = 'advisory' AND objsubid = 1 AND database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())"
)


class SessionLock:
    """A claim to a run."""

    def __init__(self, engine: Engine, run_id: str) -> None:
        """Claim nothing yet: `renew` does.

        Args:
            engine: Opens connections that nobody else uses, without transactions.
            run_id: The run's id.
        """
        self._engine = engine
        self._run_id = run_id
        self._connection: Connection | None = None
        self._one_at_a_time = threading.RLock()  # figures are stored by a thread of their own

    def renew(self) -> bool:
        """Claim the run where it is not claimed; tell whether this process has it now."""
        with self._one_at_a_time:
            if self._connection is not None and not _is_alive(self._connection):
                self.release()
            if self._connection is None:
                self._connection = self._locked()
            return self._connection is not None

    def release(self) -> None:
        """Let another process have the run."""
        with self._one_at_a_time:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _locked(self) -> Connection | None:
        connection = self._engine.connect()
        try:
            lock = text("SELECT pg_try_advisory_lock(:key)")
            if connection.scalar(lock, {"key": _key(self._run_id)}):
                return connection
        except BaseException:
            connection.close()
            raise
        connection.close()
        return None


def locked(connection: Connection, run_ids: Collection[str]) -> set[str]:
    """Return those of the runs that a living process has."""
    keys = set(connection.scalars(_HELD))
    return {run_id for run_id in run_ids if _key(run_id) in keys}


def _is_alive(connection: Connection) -> bool:
    try:
        connection.scalar(text("SELECT 1"))
    except DBAPIError as error:
        if error.connection_invalidated:
            return False
        raise
    return True


def _key(run_id: str) -> int:
    digest = hashlib.sha256(run_id.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
