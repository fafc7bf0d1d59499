"""The files of runs: stored objects, and who may remove one.

Three rules hold it together. A row is written after its object, so that it never names a file that
is not there. Whoever stores an object announces it first, in a row of its own, so that nobody
removes what is about to be named. And an object is removed by a writer, while nothing needs it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from textgen.errors import DamagedArtifactError, RegistryError
from textgen_registry.artifacts.objects import Objects
from textgen_registry.artifacts.place import ArtifactPlace
from textgen_registry.database.database import Database
from textgen_registry.database.problems import reported
from textgen_registry.runs.queries import list_artifacts, needed_objects

_MOST_ASKED_FOR = 500  # a statement takes so many values on any database


class RunFiles:
    """What the runs of one registry keep besides their rows."""

    def __init__(self, database: Database, place: ArtifactPlace) -> None:
        self._database = database
        self._place = place
        self._opened: Objects | None = None

    @property
    def objects(self) -> Objects:
        """The store, which the registry names.

        Raises:
            RegistryError: There is no registry yet.
            UsageError: Another store was said than the registry has.
        """
        self.check_place()
        if self._opened is None:
            raise RegistryError(
                f"the registry at {self._database.location} holds no files yet. "
                "`textgen run` makes some."
            )
        return self._opened

    def check_place(self) -> None:
        """Refuse another store than the registry has; one that is yet to be made has none.

        Raises:
            UsageError: Another was said.
        """
        if self._opened is None:
            self._opened = self._database.read(self._place.objects)

    def put(self, contents: Iterable[bytes]) -> None:
        """Store objects that have been announced."""
        objects = self.objects
        with reported(self._database.location):
            for data in contents:
                objects.put(data)

    def read(self, run_id: str, name: str) -> bytes:
        """Return a file of a run, its hash checked.

        Raises:
            RegistryError: The run has no file of that name.
            DamagedArtifactError: The file is missing, or is not what was stored.
        """
        sha256 = self._hash(run_id, name)
        objects = self.objects
        with reported(self._database.location):
            try:
                return objects.read(sha256)
            except DamagedArtifactError:
                # A writer may have replaced the file since, and removed the object.
                now = self._hash(run_id, name)
                if now == sha256:
                    raise
                return objects.read(now)

    def drop(self, candidates: set[str]) -> None:
        """Remove the objects among ``candidates`` that nothing needs any more.

        After the rows are gone for certain, never before.
        """
        if not candidates:
            return
        objects = self.objects
        few = candidates if len(candidates) <= _MOST_ASKED_FOR else None

        def remove(connection: Connection) -> None:
            for sha256 in candidates - needed_objects(connection, among=few):
                objects.delete(sha256)

        self._database.write(remove)

    def sweep(self) -> None:
        """Remove every object that nothing needs, and what writers that died left half-written."""
        objects = self.objects
        with reported(self._database.location):
            objects.discard_unfinished()
            stored = {found.sha256 for found in objects.stored()}
        self.drop(stored)

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
