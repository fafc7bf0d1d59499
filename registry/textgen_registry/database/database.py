"""Transactions on a registry's database, whichever that is, and the schema's revision.

Knows nothing of what the tables mean.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, delete, false
from sqlalchemy.exc import DBAPIError

from textgen_registry.database import schema, sqlite
from textgen_registry.database.backend import PATIENCE_SECONDS, Backend
from textgen_registry.database.location import Folder, Location
from textgen_registry.database.outages import Outage
from textgen_registry.database.postgresql import PostgreSQLServer
from textgen_registry.database.problems import registry_error, reported
from textgen_registry.database.receipts import Receipt
from textgen_registry.database.recognition import found_revision
from textgen_registry.database.sqlite import SQLiteFile

T = TypeVar("T")

_PAUSE_SECONDS = 0.1


class Migration(NamedTuple):
    """What `Database.migrate` found and left: revisions of the schema, None where there is none."""

    before: str | None
    after: str | None


class Database:
    """The database of one registry.

    Attributes:
        location: Where it is.
        backend: What holds it.
    """

    def __init__(
        self,
        location: Location,
        *,
        on_absent: Callable[[], None] = lambda: None,
        on_made: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        """Name a database.

        Args:
            location: Where it is.
            on_absent: Called before a database that is not there is read as an empty one.
            on_made: Called in the transaction that makes its tables.
        """
        self.location = location
        self._on_absent = on_absent
        self._on_made = on_made
        self.backend = _backend(location)
        self._outage = Outage(location)

    def exists(self) -> bool:
        """Tell whether there is a database to read.

        Raises:
            RegistryError: The registry's folder is not a folder.
        """
        with reported(self.location):
            return self.backend.exists()

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns, in a transaction that sees one state throughout.

        A registry that does not exist reads as an empty one, and is not made.

        Args:
            work: Called again when the connection is lost.

        Raises:
            RegistryError: The database cannot be read.
        """
        with reported(self.location):
            return self._patiently(lambda: self._read(work))

    def write(self, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns, in a transaction that no other writer can be in.

        The database is made where there is none.

        Args:
            work: Called again when the connection was lost before what it wrote was stored.

        Raises:
            RegistryError: The database cannot be written; nothing of ``work`` was then stored,
                unless a server went away for good just as it stored it.
        """
        receipt: Receipt[T] = Receipt()
        with reported(self.location):
            return self._patiently(lambda: self._write(work, receipt))

    def require_writable(self) -> None:
        """Refuse a database that may only be read, with the reason.

        Raises:
            RegistryError: It cannot be written.
        """
        self.write(lambda connection: connection.execute(delete(schema.revision).where(false())))

    def ask(self, question: Callable[[Backend], T]) -> T:
        """Return what ``question`` finds out from the backend, outside of transactions.

        Raises:
            RegistryError: The database cannot be reached.
        """
        with reported(self.location):
            return self._patiently(lambda: question(self.backend))

    def migrate(self) -> Migration:
        """Bring an old schema up to date; one that is so stays as it is.

        Raises:
            RegistryError: The database cannot be written, or its schema is a newer one.
        """
        with reported(self.location):
            return self._patiently(self._migrate)

    def _migrate(self) -> Migration:
        from textgen_registry.database.migrating import upgrade

        if not self.backend.exists():
            return Migration(None, None)
        self.backend.make()
        with self.backend.migrating.begin() as connection:
            before = found_revision(connection, self.location)
            if before in (None, schema.REVISION):
                return Migration(before, before)
            upgrade(connection, self.location)
            return Migration(before, schema.REVISION)

    def _read(self, work: Callable[[Connection], T]) -> T:
        if self.backend.exists():
            with self.backend.reading.begin() as connection:
                found = found_revision(connection, self.location)
                if found == schema.REVISION:
                    return work(connection)
            if found is not None:
                self._catch_up(found)
                return self._read(work)
        self._on_absent()
        with sqlite.memory().begin() as connection:
            schema.create(connection)
            return work(connection)

    def _write(self, work: Callable[[Connection], T], receipt: Receipt[T]) -> T:
        self.backend.make()
        with self.backend.writing.begin() as connection:
            found = found_revision(connection, self.location)
            if found is None:
                schema.create(connection)
                self._on_made(connection)
            if found in (None, schema.REVISION):
                if self.backend.may_lose_an_answer:
                    return receipt.once(connection, work)
                return work(connection)
        self._catch_up(found)
        return self._write(work, receipt)

    def _catch_up(self, found: str) -> None:
        if not self.backend.migrates_itself:
            raise registry_error(
                self.location,
                f"its database has schema {found}, and this textgen reads {schema.REVISION}",
                "Others who use it must update textgen-framework too; then bring it up to date, "
                "with `textgen runs migrate` and the same --registry or TEXTGEN_REGISTRY.",
            )
        self.migrate()

    def _patiently(self, attempt: Callable[[], T]) -> T:
        """Try again for a while what fails because a server is away."""
        begun = time.monotonic()
        while True:
            try:
                result = attempt()
            except DBAPIError as error:
                patient = time.monotonic() - begun <= PATIENCE_SECONDS
                if not self.backend.is_passing(error) or not patient:
                    raise
                self._outage.goes_on(begun)
            else:
                self._outage.is_over()
                return result
            time.sleep(_PAUSE_SECONDS)


def _backend(location: Location) -> Backend:
    if isinstance(location, Folder):
        return SQLiteFile(location.path)
    return PostgreSQLServer(location)
