"""A registry's SQLite file: how it is opened, and what is promised of every transaction.

No connection outlives the transaction it was opened for, so nothing has to be closed, and threads
and forked processes share none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from textgen_registry.database.backend import PATIENCE_SECONDS, Claim
from textgen_registry.database.file_locks import FileLocks
from textgen_registry.database.file_systems import require_local
from textgen_registry.database.journal import must_be_read_as_it_is, use_safe_journal
from textgen_registry.database.location import Folder

FILE_NAME = "registry.sqlite"

_BEGIN = "textgen_begin"


class SQLiteFile:
    """A `Backend`: the file ``registry.sqlite`` in a folder."""

    migrates_itself = True
    may_lose_an_answer = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / FILE_NAME
        self._locks = FileLocks(folder / "locks")

    def claim(self, run_id: str) -> Claim | None:
        """Claim a run for this process; return None where a living process has it."""
        return self._locks.claim(run_id)

    def claimed(self, run_ids: Collection[str]) -> set[str]:
        """Return those of the runs that a living process has."""
        return self._locks.claimed(run_ids)

    def left(self) -> list[str]:
        """Return the runs of whose claims, past or present, something is left."""
        return self._locks.left()

    def forget(self, run_id: str) -> None:
        """Remove what is left of claims to a run that no living process has."""
        self._locks.forget(run_id)

    def damage(self, connection: Connection) -> list[str]:
        """Return what SQLite finds wrong with the file, and rows that refer to none."""
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        astray = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return [
            *(line for line in found if line != "ok"),
            *(f"table {row[0]} refers to a row of {row[2]} that is not there" for row in astray),
        ]

    def exists(self) -> bool:
        """Tell whether there is a file.

        Raises:
            NotADirectoryError: The registry's folder is not a folder.
        """
        if self.folder.exists() and not self.folder.is_dir():
            raise NotADirectoryError(None, "this is a file, not a folder", str(self.folder))
        return self.file.exists()

    def make(self) -> None:
        """Make the folder and an empty file, where they are missing.

        Raises:
            RegistryError: The folder is on a network file system.
        """
        require_local(Folder(self.folder))
        if not self.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            _engine(str(self.file), new=True).connect().close()

    def is_passing(self, error: BaseException) -> bool:
        """Return False: SQLite itself waits for locks, and nothing else passes."""
        return False

    @cached_property
    def reading(self) -> Engine:
        """Begins transactions that see one state throughout."""
        return _engine(str(self.file))

    @cached_property
    def writing(self) -> Engine:
        """Begins transactions of which there is one at a time.

        One that begins as a reader and then writes fails at once when another has written
        meanwhile, whatever the time-out; one that begins as a writer waits its turn.
        """
        return self.reading.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @cached_property
    def migrating(self) -> Engine:
        """As ``writing``, with foreign keys off: a table that is made anew would empty others."""
        engine = _engine(str(self.file), foreign_keys=False)
        return engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})


def memory() -> Engine:
    """Return a database that is empty, and gone when its one connection is closed."""
    return _engine(":memory:")


def _engine(file: str, *, foreign_keys: bool = True, new: bool = False) -> Engine:
    def connect() -> sqlite3.Connection:
        return _connect(file, foreign_keys=foreign_keys, new=new)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    return engine


def _connect(file: str, *, foreign_keys: bool, new: bool) -> sqlite3.Connection:
    # Without an isolation level the driver begins no transactions of its own accord, at times of
    # its own choosing: `_begin` does, as SQLAlchemy's manual of this driver says.
    as_it_is = must_be_read_as_it_is(Path(file))
    connection = sqlite3.connect(
        f"{Path(file).absolute().as_uri()}?immutable=1" if as_it_is else file,
        uri=as_it_is,
        timeout=PATIENCE_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        connection.execute("PRAGMA synchronous = FULL")
        # SQLite's own knows the letters of ASCII alone.
        connection.create_function("lower", 1, _lower, deterministic=True)
        if not as_it_is:
            use_safe_journal(connection, new=new)
    except BaseException:
        connection.close()
        raise
    return connection


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
