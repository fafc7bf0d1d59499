"""Which journal a SQLite file is kept with: a write-ahead log, or a rollback journal.

With a write-ahead log readers and a writer do not wait for each other. But in the libraries named
below a log that begins anew while another connection writes can damage the file, so older ones
keep a rollback journal. The file itself says which it has, to every library that opens it: a log
is chosen when a registry is made, and the first older library that opens the registry moves what
the log holds into the file and gives it a rollback journal for good. Otherwise two libraries would
change it to and fro.
"""

from __future__ import annotations

import math
import os
import sqlite3
import time
from pathlib import Path

from textgen_registry.database.backend import PATIENCE_SECONDS

_PAUSE_SECONDS = 0.05

# The last two of these say how the file is written and read.
_HEADER_BYTES = 20
_KEEPS_A_LOG = b"\x02\x02"

# The fault was corrected in the newest line, and in these older ones from that release on.
_CORRECTED = (3, 51, 3)
_CORRECTED_LINES = {(3, 44): 6, (3, 50): 7}


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Tell whether a library keeps a write-ahead log without fault.

    Args:
        version: As ``sqlite3.sqlite_version_info``.
    """
    major, minor, patch = version[:3]
    return version >= _CORRECTED or patch >= _CORRECTED_LINES.get((major, minor), math.inf)


def use_safe_journal(connection: sqlite3.Connection, *, new: bool) -> None:
    """Give a file the journal that this library keeps safely.

    Args:
        connection: To the file, in no transaction.
        new: Whether the registry is being made.

    Raises:
        sqlite3.OperationalError: Others kept the file open for too long.
    """
    if not wal_is_safe(sqlite3.sqlite_version_info):
        _leave_wal(connection)
    elif new:
        connection.execute("PRAGMA journal_mode = WAL")


def must_be_read_as_it_is(file: Path) -> bool:
    """Tell whether a file keeps a log that nobody has open, in a folder where none can be begun.

    SQLite opens such a file only where it is told that nobody changes it.
    """
    if os.access(file.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        return False
    if not file.is_file() or file.with_name(f"{file.name}-wal").exists():
        return False
    with file.open("rb") as opened:
        return opened.read(_HEADER_BYTES)[-2:] == _KEEPS_A_LOG


def _leave_wal(connection: sqlite3.Connection) -> None:
    # SQLite waits for locks, but not for others to close a file whose log is to go.
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(_PAUSE_SECONDS)
