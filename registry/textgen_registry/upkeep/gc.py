"""Garbage collection: what was in the trash for long, and files nobody needs, go for good.

First it is found out what would go, and then that is removed, as far as it still may. At whatever
point that is cut short, what is still listed is whole, and the next collection does the rest.
Other processes may write meanwhile: whoever stores a file has announced it, and each removal is
decided in a transaction that no other writer can be in.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, select

from textgen.errors import RunNotFoundError
from textgen_registry.artifacts.objects import HalfWritten, StoredObject
from textgen_registry.database.backend import Backend
from textgen_registry.database.schema import artifact, model_file, pending_object
from textgen_registry.ids import unique_microseconds
from textgen_registry.records import TrashedRun
from textgen_registry.runs.changes import withdraw_objects
from textgen_registry.runs.leases import stale_owners
from textgen_registry.runs.queries import running_runs
from textgen_registry.upkeep.removal import remove_for_good, why_needed
from textgen_registry.upkeep.trash import trashed_runs

if TYPE_CHECKING:
    from textgen_registry.store import Registry

GRACE = timedelta(days=30)


class KeptRun(NamedTuple):
    """A run whose time in the trash is over and that stays all the same.

    Attributes:
        run: The run.
        reason: Why it stays, in words.
    """

    run: TrashedRun
    reason: str


@dataclass(frozen=True)
class Garbage:
    """What is to be removed for good, or was.

    Attributes:
        runs: Runs whose time in the trash is over, the newest first.
        kept: Those among them that stay, which are not in ``runs``.
        waiting: Runs in the trash whose time is not over.
        objects: Stored files that nothing names but, perhaps, ``runs``.
        half_written: What writers left behind that died.
    """

    runs: tuple[TrashedRun, ...]
    kept: tuple[KeptRun, ...]
    waiting: tuple[TrashedRun, ...]
    objects: tuple[StoredObject, ...]
    half_written: tuple[HalfWritten, ...]

    @property
    def files(self) -> int:
        """How many files it is."""
        return len(self.objects) + len(self.half_written)

    @property
    def size(self) -> int:
        """How large those are, in bytes."""
        objects = sum(item.size for item in self.objects)
        return objects + sum(item.size for item in self.half_written)

    def __bool__(self) -> bool:
        """Tell whether there is anything to remove."""
        return bool(self.runs or self.files)


_NOTHING = Garbage((), (), (), (), ())


def find_garbage(registry: Registry, *, older_than: timedelta = GRACE) -> Garbage:
    """Find out what a collection would remove; change nothing.

    Args:
        registry: The registry.
        older_than: Runs stay in the trash so long at least, and files that nothing names since
            they were stored: they may be all that is left of rows that were lost.

    Raises:
        RegistryError: The registry cannot be read.
    """
    if not registry.database.exists():  # then nobody knows what its files are needed for
        return _NOTHING
    latest = unique_microseconds() - older_than // timedelta(microseconds=1)
    trashed = trashed_runs(registry)
    over = [item for item in trashed if item.deleted <= latest]
    # Before the rows: what is stored and named in between is then not taken for garbage.
    stored = registry.files.stored()
    fate = registry.database.read(lambda connection: _fate_of(over, registry, connection))
    unnamed = [item for item in stored if item.sha256 not in fate.named]
    staying = {item.run for item in fate.kept}
    return Garbage(
        runs=tuple(item for item in over if item not in staying),
        kept=fate.kept,
        waiting=tuple(item for item in trashed if item.deleted > latest),
        objects=tuple(it for it in unnamed if it.sha256 in fate.going or it.modified <= latest),
        half_written=tuple(registry.files.half_written()),
    )


def collect(registry: Registry, garbage: Garbage) -> Garbage:
    """Remove for good what was found, as far as nothing has come to need it meanwhile.

    Lock files of runs that have ended go with it.

    Returns:
        What was removed.

    Raises:
        RegistryError: The registry cannot be written; what was removed until then is.
    """
    if not registry.database.exists():
        return _NOTHING
    _clear_stale_announcements(registry)
    runs, removed = [], set()
    for item in garbage.runs:
        try:
            removed |= remove_for_good(registry, item)
        except RunNotFoundError:  # restored meanwhile, or removed by another collection
            continue
        runs.append(item)
    removed |= registry.files.drop({item.sha256 for item in garbage.objects} - removed)
    registry.files.discard(garbage.half_written)
    _forget_ended(registry)
    objects = tuple(item for item in garbage.objects if item.sha256 in removed)
    return replace(garbage, runs=tuple(runs), objects=objects)


class _Fate(NamedTuple):
    """What becomes of runs whose time in the trash is over, and of their files.

    Attributes:
        kept: The runs that stay.
        named: Hashes of files that something names when the others are gone.
        going: Hashes of those that nothing names then.
    """

    kept: tuple[KeptRun, ...]
    named: Set[str]
    going: Set[str]


def _fate_of(over: Iterable[TrashedRun], registry: Registry, connection: Connection) -> _Fate:
    reasons = [(item, why_needed(registry, connection, item.id)) for item in over]
    doomed = {item.id for item, reason in reasons if not reason}
    of_doomed = select(artifact.c.sha256).where(artifact.c.run_id.in_(doomed))
    named = _named_without(registry, connection, doomed)
    return _Fate(
        kept=tuple(KeptRun(item, reason) for item, reason in reasons if reason),
        named=named,
        going=set(connection.scalars(of_doomed)) - named,
    )


def _named_without(registry: Registry, connection: Connection, doomed: Set[str]) -> set[str]:
    """Return the hashes that something refers to besides some runs, and the dead."""
    files = connection.execute(select(artifact.c.run_id, artifact.c.sha256)).all()
    announced = connection.execute(select(pending_object.c.run_id, pending_object.c.sha256)).all()
    gone = stale_owners(connection, registry.database) | doomed
    return {
        *(row.sha256 for row in files if row.run_id not in doomed),
        *(row.sha256 for row in announced if row.run_id not in gone),
        *connection.scalars(select(model_file.c.sha256)),
    }


def _clear_stale_announcements(registry: Registry) -> None:
    """Remove the announcements of files that no living process is about to store."""

    def clear(connection: Connection) -> None:
        for owner in stale_owners(connection, registry.database):
            withdraw_objects(connection, owner)

    registry.database.write(clear)


def _forget_ended(registry: Registry) -> None:
    """Remove what claims have left of runs that have ended, or are no more."""
    left = set(registry.database.ask(lambda backend: backend.left()))
    ended = left - registry.database.read(running_runs).keys()

    def forget(backend: Backend) -> None:
        for run_id in ended:
            backend.forget(run_id)

    registry.database.ask(forget)
