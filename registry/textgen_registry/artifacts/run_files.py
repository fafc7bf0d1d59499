"""The files of runs and of named models: stored objects, and who may remove one.

Three rules hold it together. A row is written after its object, so that it never names a file that
is not there. Whoever stores an object announces it first, in a row of its own, so that nobody
removes what is about to be named. And an object is removed by a writer, while nothing needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set

from sqlalchemy import Connection, literal, select

from textgen.errors import DamagedArtifactError, RegistryError
from textgen.files import sha256_of
from textgen_registry.artifacts.objects import HalfWritten, Objects, StoredObject
from textgen_registry.artifacts.place import ArtifactPlace
from textgen_registry.database.column_types import kept_words
from textgen_registry.database.database import Database
from textgen_registry.database.problems import reported
from textgen_registry.ids import unique_microseconds
from textgen_registry.records import VersionName
from textgen_registry.runs.changes import announce_objects, are_announced, name_artifacts
from textgen_registry.runs.leases import Leases
from textgen_registry.runs.queries import list_artifacts, needed_objects

_MOST_AT_ONCE = 100


class RunFiles:
    """What the runs of one registry keep besides their rows."""

    def __init__(self, database: Database, place: ArtifactPlace, leases: Leases) -> None:
        self._database = database
        self._place = place
        self._leases = leases
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

    def store(
        self,
        run_id: str,
        files: Mapping[str, bytes],
        *,
        also: Callable[[Connection], None] = lambda connection: None,
    ) -> None:
        """Store files under a run that is held here, all or none.

        Those of the same name are replaced, and what nothing needs then is removed.

        Args:
            run_id: The run's id.
            files: Contents by name.
            also: What else is written in the transaction in which they are named.
        """
        now = unique_microseconds()
        rows = [
            {"name": name, "sha256": sha256_of(data), "size": len(data), "created": now}
            for name, data in files.items()
        ]
        hashes = {str(row["sha256"]) for row in rows}

        def name_them(connection: Connection) -> set[str] | None:
            if not are_announced(connection, run_id, hashes):
                return None
            also(connection)
            return name_artifacts(connection, run_id, rows)

        replaced = None
        while replaced is None:  # again where the announcement, and perhaps an object, was removed
            self._leases.write(run_id, lambda c: announce_objects(c, run_id, hashes, now))
            self.put(files.values())
            replaced = self._leases.write(run_id, name_them)
        self.drop(replaced - hashes)

    def put(self, contents: Iterable[bytes]) -> None:
        """Store objects that have been announced."""
        objects = self.objects
        with reported(self._database.location):
            for data in contents:
                objects.put(data)

    def read(self, keeper: str | VersionName, name: str) -> bytes:
        """Return a file of a run, or of a named model's version, its hash checked.

        Raises:
            RegistryError: It has no file of that name.
            DamagedArtifactError: The file is missing, or is not what was stored.
        """
        sha256 = self._hash(keeper, name)
        objects = self.objects
        with reported(self._database.location):
            try:
                return objects.read(sha256)
            except DamagedArtifactError:
                # A writer may have replaced the file since, and removed the object.
                now = self._hash(keeper, name)
                if now == sha256:
                    raise
                return objects.read(now)

    def read_object(self, sha256: str) -> bytes:
        """Return the object with that hash, its hash checked.

        Raises:
            DamagedArtifactError: The file is missing, or is not what was stored.
        """
        objects = self.objects
        with reported(self._database.location):
            return objects.read(sha256)

    def drop(self, candidates: Set[str]) -> set[str]:
        """Remove the objects among ``candidates`` that nothing needs any more.

        After the rows are gone for certain, never before; a few at a time, because nobody else
        writes meanwhile.

        Returns:
            What nothing needed.
        """
        dropped: set[str] = set()
        waiting = sorted(candidates)
        for start in range(0, len(waiting), _MOST_AT_ONCE):
            dropped |= self._drop_few(set(waiting[start : start + _MOST_AT_ONCE]))
        return dropped

    def _drop_few(self, few: set[str]) -> set[str]:
        objects = self.objects

        def remove(connection: Connection) -> set[str]:
            unneeded = few - needed_objects(connection, among=few)
            for sha256 in sorted(unneeded):
                # A server that closed the connection lets other writers in: then no further.
                connection.execute(select(literal(1)))
                objects.delete(sha256)
            return unneeded

        return self._database.write(remove)

    def place(self, sha256: str) -> str:
        """Return where the object with that hash is, or would be."""
        return self.objects.where(sha256)

    def check(self, sha256: str) -> str | None:
        """Return the hash of what is stored under a hash, or None where nothing is.

        Raises:
            RegistryError: It cannot be read.
        """
        objects = self.objects
        with reported(self._database.location):
            return objects.check(sha256)

    def stored(self) -> list[StoredObject]:
        """Return all objects that are there, needed or not; none where there is no registry."""
        self.check_place()
        with reported(self._database.location):
            return [] if self._opened is None else list(self._opened.stored())

    def half_written(self) -> list[HalfWritten]:
        """Return what writers left behind that can be at it no longer; likewise."""
        self.check_place()
        with reported(self._database.location):
            return [] if self._opened is None else list(self._opened.half_written())

    def discard(self, left: Iterable[HalfWritten]) -> None:
        """Remove what writers left behind."""
        objects = self.objects
        with reported(self._database.location):
            for item in left:
                objects.discard(item)

    def _hash(self, keeper: str | VersionName, name: str) -> str:
        kept = {
            record.name: record.sha256
            for record in self._database.read(lambda c: list_artifacts(c, keeper))
        }
        if kept_words(name) not in kept:
            there = f"it has {', '.join(map(repr, kept))}" if kept else "it keeps none"
            whose = f"version {keeper}" if isinstance(keeper, VersionName) else f"run {keeper}"
            raise RegistryError(
                f"{whose} in the registry at {self._database.location} has no file {name!r}: "
                f"{there}. A run keeps weights from its first checkpoint on; "
                f"`textgen runs show {keeper}` tells how far it came."
            )
        return kept[kept_words(name)]
