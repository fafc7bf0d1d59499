"""Whether a run could be recorded, found out before anything is made.

A run is created when training begins, after its corpus was fetched and its parts were built; what
would be refused then can be refused at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile

from textgen_registry.database import Database
from textgen_registry.naming import check_tag, clean_name, refuse_taken
from textgen_registry.problems import ELSEWHERE, registry_error, reported
from textgen_registry.store import Registry


def check_new_run(registry: Registry, *, name: str | None, tags: Iterable[str] = ()) -> None:
    """Refuse what `Registry.create_run` would refuse; make nothing.

    Args:
        registry: Where the run would be recorded.
        name: What people would call it; None: made of source and model.
        tags: Words to find it by.

    Raises:
        UsageError: The name or a tag is not allowed, or another run has the name.
        RegistryError: The registry cannot be written.
    """
    for word in tags:
        check_tag(word)
    name = None if name is None else clean_name(name)
    database = Database(registry.path)
    if not database.exists():
        _require_room_for(registry.path)
        return
    # A transaction that writes nothing: it begins only where another could write.
    with database.writing() as connection:
        if name is not None:
            refuse_taken(connection, name)


def _require_room_for(folder: Path) -> None:
    """Refuse a folder that could not be made: no file can be made in what would hold it."""
    with reported(folder):
        parent = next(path for path in (folder, *folder.parents) if path.exists())
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
