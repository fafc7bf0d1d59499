"""The files of runs: stored objects, and who may remove one.

Three rules hold it together. A row is written after its object, so that it never names a file that
is not there. Whoever stores an object announces it first, in a row of its own, so that nobody
removes what is about to be named. And an object is removed by a writer, while nothing needs it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from textgen.errors import DamagedArtifactError, RegistryError
from textgen_registry.artifacts.objects import ObjectStore
from textgen_registry.database.database import Database
from textgen_registry.database.problems import reported
from textgen_registry.runs.queries import list_artifacts, needed_objects


class RunFiles:
    """What the runs of one registry keep besides their rows."""

    def __init__(self, database: Database, objects: ObjectStore) -> None:
        self._database = database
        self._objects = objects

    def put(self, contents: Iterable[bytes]) -> None:
        """Store objects that have been announced."""
        with reported(self._database.location):
            for data in contents:
                self._objects.put(data)

    def read(self, run_id: str, name: str) -> bytes:
        """Return a file of a run, its hash checked.

        Raises:
            RegistryError: The run has no file of that name.
            DamagedArtifactError: The file is missing, or is not what was stored.
        """
        sha256 = self._hash(run_id, name)
        with reported(self._database.location):
            try:
                return self._objects.read(sha256)
            except DamagedArtifactError:
                # A writer may have replaced the file since, and removed the object.
                now = self._hash(run_id, name)
                if now == sha256:
                    raise
                return self._objects.read(now)

    def read_object(self, sha256: str) -> bytes:
        """Return the object with that hash, its hash checked.

        Raises:
            DamagedArtifactError: The file is missing, or is not what was stored.
        """
        with reported(self._database.location):
            return self._objects.read(sha256)

    def drop(self, candidates: set[str]) -> None:
        """Remove the objects among ``candidates`` that nothing needs any more.

        After the rows are gone for certain, never before.
        """

        def remove(connection: Connection) -> None:
            for sha256 in candidates - needed_objects(connection, among=candidates):
                self._objects.delete(sha256)

        if candidates:
            self._database.write(remove)

    def sweep(self) -> None:
        """Remove every object that nothing needs, and what writers that died left half-written."""
        self._database.write(lambda connection: self._objects.keep_only(needed_objects(connection)))

    def _hash(self, run_id: str, name: str) -> str:
        kept = {
            record.name: record.sha256
            for record in self._database.read(lambda c: list_artifacts(c, run_id))
        }
        if name not in kept:
            there = f"it has {', '.join(kept)}" if kept else "it keeps none"
            raise RegistryError(
                f"run {run_id} in the registry at {self._database.location} has no file {name!r}: "
                f"{there}. A run keeps weights from its first checkpoint on; "
                f"`textgen runs show {run_id}` tells how far it came."
            )
        return kept[name]
