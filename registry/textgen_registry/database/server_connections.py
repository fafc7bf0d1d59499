"""How one process is connected to a PostgreSQL server, and when either gives the other up.

Needs the extra ``postgres``. Knows nothing of transactions.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from textgen.errors import RegistryError
from textgen_registry.database.backend import PATIENCE_SECONDS
from textgen_registry.database.location import Server
from textgen_registry.database.session_locks import SessionLock

if TYPE_CHECKING:
    from psycopg import Connection as Session

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


class Connections:
    """What one process has open to one server.

    Attributes:
        process: Whose it is. A process that was forked from that one must leave it alone, and
            must not let go of it either: the two share sockets.
    """

    def __init__(self, location: Server, *, on_begin: Callable[[Connection], None]) -> None:
        """Open nothing yet.

        Args:
            location: Where the database is.
            on_begin: Called when a transaction begins on a pooled connection.
        """
        self.process = os.getpid()
        self._location = location
        self._on_begin = on_begin
        self._opened: list[Engine] = []
        self._locks: weakref.WeakSet[SessionLock] = weakref.WeakSet()

    @cached_property
    def pooled(self) -> Engine:
        """Opens connections for transactions, and keeps one for the next."""
        engine = self._engine(pool_size=1, pool_pre_ping=True)
        event.listen(engine, "begin", self._on_begin)
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


def _set_up(session: Session[Any], _: object) -> None:
    session.execute("".join(f"SET {name} = {value};" for name, value in _OF_SERVER.items()))
    session.commit()
