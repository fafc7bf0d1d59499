"""A registry's PostgreSQL database: how it is reached, and what is promised of transactions.

Needs the extra ``postgres``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import cached_property

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from textgen.errors import RegistryError
from textgen_registry.database.backend import PATIENCE_SECONDS, Claim

_WRITES = "textgen_writes"
_WRITERS = 0x7465787467656E  # "textgen": one writer of a database at a time


class PostgreSQLServer:
    """A `Backend`: one database on a server."""

    migrates_itself = False

    def __init__(self, url: URL) -> None:
        self._url = url

    def exists(self) -> bool:
        """Return True: a database that is not there is told by its server."""
        return True

    def make(self) -> None:
        """Make nothing: whoever runs the server makes the database."""

    def is_passing(self, error: BaseException) -> bool:
        """Tell whether the connection was lost, or could not be made for now."""
        return isinstance(error, DBAPIError) and error.connection_invalidated

    @cached_property
    def reading(self) -> Engine:
        """Begins transactions that see one state throughout."""
        return self._engine.execution_options(isolation_level="REPEATABLE READ")

    @cached_property
    def writing(self) -> Engine:
        """Begins transactions of which there is one at a time."""
        return self._engine.execution_options(**{_WRITES: True})

    @property
    def migrating(self) -> Engine:
        """As ``writing``: tables are changed, not made anew."""
        return self.writing

    @cached_property
    def _engine(self) -> Engine:
        try:
            engine = create_engine(
                self._url,
                pool_size=2,
                pool_pre_ping=True,
                connect_args={"connect_timeout": round(PATIENCE_SECONDS)},
            )
        except ModuleNotFoundError as error:
            raise RegistryError(
                f"registry {self._url.render_as_string()}: PostgreSQL needs the package "
                f"{error.name}. Install it: pip install 'textgen-framework[postgres]'"
            ) from error
        event.listen(engine, "begin", _begin)
        return engine

    def claim(self, run_id: str) -> Claim | None:
        """Claim a run for this process; return None where a living process has it."""
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _key(run_id)}):
            return _SessionLock(connection)
        connection.close()
        return None

    def claimed(self, run_ids: Collection[str]) -> set[str]:
        """Return those of the runs that a living process has."""
        held = text(
            "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE granted "
            "AND locktype = 'advisory' AND objsubid = 1 AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        with self._engine.connect() as connection:
            keys = set(connection.scalars(held))
        return {run_id for run_id in run_ids if _key(run_id) in keys}

    def left(self) -> list[str]:
        """Return nothing: a claim leaves nothing behind."""
        return []

    def forget(self, run_id: str) -> None:
        """Do nothing: a claim leaves nothing behind."""

    def damage(self, connection: Connection) -> list[str]:
        """Return nothing: a server has no cheap way to look for damage."""
        return []


class _SessionLock:
    """A lock that the server holds for as long as the connection lasts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def release(self) -> None:
        """Let another process have the run."""
        self._connection.invalidate()
        self._connection.close()


def _key(run_id: str) -> int:
    digest = hashlib.sha256(run_id.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
