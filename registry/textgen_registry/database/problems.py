"""Database and file-system errors, said so that a reader knows what to do next.

Knows SQLite's error codes and the operating system's, a server's by `server_problems`; nothing of
runs.
"""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from textgen.errors import RegistryError
from textgen_registry.database.location import ELSEWHERE, Location, Server
from textgen_registry.database.server_problems import server_problem

_FULL = ("the disk is full", f"Free some space and try again, or {ELSEWHERE}.")
_DAMAGED = (
    "its database is damaged",
    f"Keep a copy of the folder, restore registry.sqlite from a backup, or {ELSEWHERE}.",
)
_UNWRITABLE = (
    "its database cannot be opened or written",
    f"Check the permissions of the folder and of registry.sqlite, or {ELSEWHERE}.",
)
_LOCKED = (
    "another program keeps it locked",
    f"Try again when that program has ended, or {ELSEWHERE}.",
)
_NO_DATABASE = (
    "its registry.sqlite is not a SQLite database",
    f"Move that file away, or {ELSEWHERE}.",
)
_UNKEEPABLE = (
    "no database can hold what was to be recorded ({cause})",
    "Give plain JSON values: text, numbers, and lists and dictionaries of them.",
)
_OTHERWISE = f"Check the folder, its permissions and the disk it is on, or {ELSEWHERE}."

_BY_SQLITE_CODE = {
    sqlite3.SQLITE_NOTADB: _NO_DATABASE,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
}
_PRIMARY_CODE = 0xFF


def registry_error(location: Location, what: str, advice: str) -> RegistryError:
    """Return the error that says what is wrong with the registry at ``location``."""
    return RegistryError(f"registry {location}: {what}. {advice}")


@contextmanager
def reported(location: Location) -> Iterator[None]:
    """Turn any database or file-system error of the block into a `RegistryError`.

    Args:
        location: Where the registry is, for the message.

    Raises:
        RegistryError: Says which registry, what failed and what to do next.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise registry_error(location, *_of_database(location, error)) from error
    except OverflowError as error:
        raise registry_error(location, *_unkeepable(error)) from error
    except OSError as error:
        raise registry_error(location, *_of_system(error)) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise registry_error(location, *_DAMAGED) from error


def _of_database(location: Location, error: SQLAlchemyError) -> tuple[str, str]:
    # SQLAlchemy's own text quotes the statement and a link; the driver's is the reason alone.
    cause = (error.orig if isinstance(error, StatementError) else None) or error
    if not isinstance(error, DBAPIError) and isinstance(error, StatementError):
        return _unkeepable(cause)
    if isinstance(location, Server) and isinstance(error, DBAPIError):
        return server_problem(cause)
    code = getattr(cause, "sqlite_errorcode", 0) & _PRIMARY_CODE
    return _BY_SQLITE_CODE.get(code, (f"its database refused ({cause})", _OTHERWISE))


def _unkeepable(cause: BaseException) -> tuple[str, str]:
    what, advice = _UNKEEPABLE
    return what.format(cause=cause), advice


def _of_system(error: OSError) -> tuple[str, str]:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _FULL
    return f"cannot use {error.filename} ({error.strerror})", _OTHERWISE
