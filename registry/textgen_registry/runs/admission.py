"""Whether a run could be recorded, found out before anything is made.

A run is created when training begins, after its corpus was fetched and its parts were built; what
would be refused then can be refused at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile

from sqlalchemy import Connection

from textgen_registry.database.database import Database
from textgen_registry.database.file_systems import require_local
from textgen_registry.database.location import ELSEWHERE, Folder
from textgen_registry.database.problems import registry_error, reported
from textgen_registry.runs.naming import check_tag, clean_name, refuse_taken


def check_new_run(database: Database, *, name: str | None, tags: Iterable[str]) -> None:
    """Refuse what could not be recorded; make nothing.

    Args:
        database: Where the run would be recorded.
        name: What people would call it; None: made of source and model.
        tags: Words to find it by.

    Raises:
        UsageError: The name or a tag is not allowed, or another run has the name.
        RegistryError: The registry cannot be written.
    """
    if isinstance(database.location, Folder):
        require_local(database.location)
    wanted, _ = clean_labels(name, tags)

    def check(connection: Connection) -> None:
        if wanted is not None:
            refuse_taken(connection, wanted)

    if isinstance(database.location, Folder):
        _require_room_in(database.location)
    if database.exists():
        # A transaction that writes nothing: it begins only where another could write.
        database.write(check)


def clean_labels(name: str | None, tags: Iterable[str]) -> tuple[str | None, list[str]]:
    """Return a new run's name without the blanks around it, and its tags in order.

    Raises:
        UsageError: One of them is not allowed.
    """
    words = sorted(set(tags))
    for word in words:
        check_tag(word)
    return (None if name is None else clean_name(name)), words


def _require_room_in(folder: Folder) -> None:
    """Refuse a folder in which no file can be made; for one that is not there, what would hold it.

    SQLite lets a writer begin in a folder that is read-only, and fails when it writes.
    """
    with reported(folder):
        parent = _first_there(folder.path)
        try:
            # Mode bits do not bind the superuser, nor tell of read-only or virtual file systems.
            # This file has no name in the folder.
            TemporaryFile(dir=parent).close()
        except OSError as error:
            raise registry_error(
                folder,
                f"nothing can be made in {parent} ({error.strerror})",
                f"Check that folder's permissions, or {ELSEWHERE}.",
            ) from error


def _first_there(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())
