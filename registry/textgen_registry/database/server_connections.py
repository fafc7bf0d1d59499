"""How one process is connected to a PostgreSQL server, and when either gives the other up.

Needs the extra ``postgres``.
"""

from __future__ import annotations

import logging
import os
import weakref
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from textgen.errors import RegistryError
from textgen_registry.database.backend import PATIENCE_SECONDS
from textgen_registry.database.location import Server
from textgen_registry.database.session_locks import SessionLock

if TYPE_CHECKING:
    from psycopg import Connection as Session

_WRITERS = 0x7465787467656E  # "textgen": one writer of a database at a time

# Half a minute of silence, then three questions: a machine that vanished is given up in a minute.
_IDLE_SECONDS, _ASK_SECONDS, _ASK_TIMES = 30, 10, 3
_GIVE_UP_MILLISECONDS = 1000 * (_IDLE_SECONDS + _ASK_SECONDS * _ASK_TIMES)

_OF_CLIENT = {
    "client_encoding": "utf8",
    "connect_timeout": 10,
    "keepalives_idle": _IDLE_SECONDS,
    "keepalives_interval": _ASK_SECONDS,
    "keepalives_count": _ASK_TIMES,
    "tcp_user_timeout": _GIVE_UP_MILLISECONDS,
}
_OF_SERVER = {
    "tcp_keepalives_idle": _IDLE_SECONDS,
    "tcp_keepalives_interval": _ASK_SECONDS,
    "tcp_keepalives_count": _ASK_TIMES,
    "tcp_user_timeout": _GIVE_UP_MILLISECONDS,
    "lock_timeout": round(1000 * PATIENCE_SECONDS),
}

# What the driver logs of a connection that breaks would be printed where nobody set up logging;
# what comes of it is told by whoever uses the connection.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


class Connections:
    """What one process has open to one server.

    Attributes:
        process: Whose it is. A process that was forked from that one must leave it alone, and
            must not let go of it either: the two share sockets.
    """

    def __init__(self, location: Server) -> None:
        """Open nothing yet."""
        self.process = os.getpid()
        self._location = location
        self._opened: list[Engine] = []
        self._locks: weakref.WeakSet[SessionLock] = weakref.WeakSet()

    @cached_property
    def reading(self) -> Engine:
        """Begins transactions that see one state throughout."""
        return self._pooled.execution_options(isolation_level="REPEATABLE READ")

    @cached_property
    def writing(self) -> Engine:
        """Begins transactions of which there is one at a time."""
        engine = self._pooled.execution_options(isolation_level="READ COMMITTED")
        event.listen(engine, "begin", _wait_for_turn)
        return engine

    def lock(self, run_id: str) -> SessionLock:
        """Return a claim to a run that is yet to be made, on a connection of its own."""
        lock = SessionLock(self._unshared, run_id)
        self._locks.add(lock)
        return lock

    def close(self) -> None:
        """Close everything, unless it is another process's."""
        if os.getpid() == self.process:
            for lock in self._locks:
                lock.release()
            for engine in self._opened:
                engine.dispose()

    @cached_property
    def _pooled(self) -> Engine:
        return self._engine(pool_size=1, pool_pre_ping=True)

    @cached_property
    def _unshared(self) -> Engine:
        return self._engine(poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def _engine(self, **options: Any) -> Engine:
        url = self._location.url
        wanted = {name: value for name, value in _OF_CLIENT.items() if name not in url.query}
        try:
            engine = create_engine(url, connect_args=wanted, **options)
        except ModuleNotFoundError as error:
            raise RegistryError(
                f"registry {self._location}: PostgreSQL needs the package {error.name}. "
                "Install it: pip install 'textgen-framework[postgres]'"
            ) from error
        event.listen(engine, "connect", _set_up)
        self._opened.append(engine)
        return engine


def _wait_for_turn(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def _set_up(session: Session[Any], _: object) -> None:
    session.execute("".join(f"SET {name} = {value};" for name, value in _OF_SERVER.items()))
    session.commit()
