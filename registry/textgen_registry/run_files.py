"""The files of runs: stored objects, and the rows that name them.

Two rules hold it together. A row is written after its object, so that it never names a file that
is not there; and an object is written and removed only under the write lock, so that nobody
removes one that another is about to name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from textgen.errors import RegistryError
from textgen_registry.artifacts import ObjectStore
from textgen_registry.changes import name_artifacts
from textgen_registry.database import Database
from textgen_registry.ids import unique_microseconds
from textgen_registry.queries import list_artifacts, named_objects


class RunFiles:
    """What the runs of one registry keep besides their rows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._objects = ObjectStore(database.folder / "objects")

    def keep(self, connection: Connection, run_id: str, files: Mapping[str, bytes]) -> set[str]:
        """Store files under a run; those of the same name are replaced.

        Returns:
            Hashes that may be named no more, for `drop` when the transaction has ended.
        """
        stored = [self._stored(name, data) for name, data in files.items()]
        replaced = name_artifacts(connection, run_id, stored)
        return replaced.difference(file["sha256"] for file in stored)

    def read(self, connection: Connection, run_id: str, name: str) -> bytes:
        """Return a file of a run, its hash checked.

        Within the transaction: a writer that replaces the file cannot commit, and so does not
        remove the object, before this is done.

        Raises:
            RegistryError: The run has no file of that name.
            DamagedArtifactError: The file is missing, or is not what was stored.
        """
        kept = {record.name: record.sha256 for record in list_artifacts(connection, run_id)}
        if name not in kept:
            there = f"it has {', '.join(kept)}" if kept else "it keeps none"
            raise RegistryError(
                f"run {run_id} in the registry at {self._database.folder} has no file {name!r}: "
                f"{there}. A run keeps weights from its first checkpoint on; "
                f"`textgen runs show {run_id}` tells how far it came."
            )
        return self._objects.read(kept[name])

    def drop(self, candidates: set[str]) -> None:
        """Remove the objects among ``candidates`` that no row names any more.

        After the rows are gone for certain, never before.
        """
        if not candidates:
            return
        with self._database.writing() as connection:
            for sha256 in candidates - named_objects(connection, among=candidates):
                self._objects.delete(sha256)

    def sweep(self) -> None:
        """Remove every object that no row names, and what writers that died left half-written."""
        with self._database.writing() as connection:
            self._objects.keep_only(named_objects(connection))

    def _stored(self, name: str, data: bytes) -> dict[str, Any]:
        sha256, created = self._objects.put(data), unique_microseconds()
        return {"name": name, "sha256": sha256, "size": len(data), "created": created}
