"""The SQLite file: connections, transactions and the schema's version.

Knows nothing of what the tables mean. No connection outlives the transaction it was opened for,
so nothing has to be closed, and threads and forked processes share none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, select

from textgen_registry import schema
from textgen_registry.problems import ELSEWHERE, registry_error, reported

FILE_NAME = "registry.sqlite"
BUSY_SECONDS = 30.0

_BEGIN = "textgen_begin"


class Database:
    """The database in a registry's folder, opened anew for each transaction."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / FILE_NAME

    def exists(self) -> bool:
        """Tell whether there is a database to read.

        Raises:
            RegistryError: The registry's folder is not a folder.
        """
        with reported(self.folder):
            if self.folder.exists() and not self.folder.is_dir():
                raise registry_error(
                    self.folder,
                    "this is a file, not a folder",
                    f"Move that file away, or {ELSEWHERE}.",
                )
            return self.file.exists()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the registry throughout.

        A registry that does not exist reads as an empty one, and is not made.

        Raises:
            RegistryError: The database cannot be read.
        """
        with reported(self.folder), ExitStack() as stack:
            connection = stack.enter_context(self._engine.begin()) if self.exists() else None
            if connection is None or not self._has_schema(connection):
                connection = stack.enter_context(_engine(":memory:").begin())
                schema.create(connection)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that no other writer can be in; make the database where there is none.

        Raises:
            RegistryError: The database cannot be written; nothing of the block was then stored.
        """
        with reported(self.folder):
            if not self.exists():
                self.folder.mkdir(parents=True, exist_ok=True)
            with self._writing_engine.begin() as connection:
                if not self._has_schema(connection):
                    schema.create(connection)
                yield connection

    @cached_property
    def _engine(self) -> Engine:
        return _engine(str(self.file))

    @cached_property
    def _writing_engine(self) -> Engine:
        # A transaction that begins as a reader and then writes fails at once when another has
        # written meanwhile, whatever the time-out; one that begins as a writer waits its turn.
        return self._engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    def _has_schema(self, connection: Connection) -> bool:
        """Tell whether the tables are there, refusing what is not this schema's.

        Raises:
            RegistryError: The database is another program's, or its schema is a newer one.
        """
        tables = inspect(connection).get_table_names()
        if not tables:
            return False
        version = None
        if schema.schema_version.name in tables:
            version = connection.scalar(select(schema.schema_version.c.version))
        if version is None:
            raise registry_error(
                self.folder,
                f"its {FILE_NAME} is not a textgen registry",
                f"Move that file away, or {ELSEWHERE}.",
            )
        if version < schema.SCHEMA_VERSION:
            raise registry_error(
                self.folder,
                f"its database has schema version {version}, of an unreleased textgen; "
                f"this one reads version {schema.SCHEMA_VERSION}",
                f"Move the folder away, or {ELSEWHERE}.",
            )
        if version > schema.SCHEMA_VERSION:
            raise registry_error(
                self.folder,
                f"its database has schema version {version}, "
                f"and this textgen reads versions up to {schema.SCHEMA_VERSION}",
                f"Update textgen-framework, or {ELSEWHERE}.",
            )
        return True


def _engine(file: str) -> Engine:
    engine = create_engine("sqlite://", creator=lambda: _connect(file), poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    return engine


def _connect(file: str) -> sqlite3.Connection:
    # Without an isolation level the driver begins no transactions of its own accord, at times of
    # its own choosing: `_begin` does, as SQLAlchemy's manual of this driver says.
    connection = sqlite3.connect(
        file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_mode = DELETE")
    except BaseException:
        connection.close()
        raise
    return connection


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
