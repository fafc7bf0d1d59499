"""Runs of an archive become runs of a registry: all of them or, where anything fails, none.

The objects are stored first, announced for the import, which is claimed as a run is while it is
trained; then all rows, in one transaction. An import that was killed leaves announcements that
nobody claims, which the next one withdraws, and objects that nothing needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, select

from textgen.errors import RegistryError
from textgen_registry.archive.planning import ImportedRun, plan, refuse_conflicts, to_import
from textgen_registry.archive.reading import Archive
from textgen_registry.archive.storing import store
from textgen_registry.database.schema import pending_object
from textgen_registry.ids import new_id, unique_microseconds
from textgen_registry.runs.changes import (
    announce_objects,
    are_announced,
    withdraw_objects,
)
from textgen_registry.runs.leases import stale_owners
from textgen_registry.runs.presence import is_known
from textgen_registry.store import Registry


def import_archive(
    registry: Registry, archive: Archive, *, dry_run: bool = False, skip_conflicts: bool = False
) -> tuple[ImportedRun, ...]:
    """Import the runs of an archive, with their ids and times; all or none.

    A run whose name another one has gets the next name that is free, and one whose name is not
    allowed gets one made of its source and model. A run that is there already stays as it is, with
    its name, tags and notes. While the rows are stored, other writers wait.

    Args:
        registry: Where they go.
        archive: Where they are.
        dry_run: Whether only to tell what would be done.
        skip_conflicts: Whether to leave runs as they are that the archive has with other content.

    Returns:
        What became of each run of the archive, or would become.

    Raises:
        ArchiveError: The archive has been changed since it was opened.
        RegistryError: A run is there with other content, or the registry cannot be written.
    """
    registry.flush()
    task = _Import(registry, archive, skip_conflicts)
    planned = registry.database.read(task.plan)
    if dry_run or not to_import(planned):
        return planned
    with _announcing(registry) as owner:
        done = None
        while done is None:  # again where a run was removed meanwhile, or an announcement cleared
            task.store_objects(owner, registry.database.read(task.plan))
            done = registry.database.write(lambda connection: task.store_rows(connection, owner))
    return done


class _Import:
    """An import of one archive."""

    def __init__(self, registry: Registry, archive: Archive, skip_conflicts: bool) -> None:
        self._registry = registry
        self._archive = archive
        self._skips_conflicts = skip_conflicts
        self._stored: dict[str, ImportedRun] = {}

    def plan(self, connection: Connection) -> tuple[ImportedRun, ...]:
        """Return what is to become of each run.

        Raises:
            RegistryError: One is there with other content.
        """
        planned = tuple(plan(connection, self._archive))
        if not self._skips_conflicts:
            refuse_conflicts(planned, self._archive, self._registry.location)
        return planned

    def store_objects(self, owner: str, planned: Sequence[ImportedRun]) -> None:
        """Announce and store the contents of all files."""
        hashes, now = self._hashes(planned), unique_microseconds()

        def announce(connection: Connection) -> None:
            _withdraw_for_the_dead(self._registry, connection)
            announce_objects(connection, owner, hashes, now)

        self._registry.database.write(announce)
        for sha256 in hashes:  # one after the other, so that only one is in memory
            self._registry.files.put([self._archive.content(sha256)])

    def store_rows(self, connection: Connection, owner: str) -> tuple[ImportedRun, ...] | None:
        """Store all rows; return None where a file's content may not be there."""
        planned = self.plan(connection)
        if not to_import(planned) or are_announced(connection, owner, self._hashes(planned)):
            for item in to_import(planned):
                store(connection, self._archive, item)
                self._stored[item.id] = item
            withdraw_objects(connection, owner)
            # After a commit that was not heard of, what is there already was stored here.
            return tuple(self._stored.get(item.id, item) for item in planned)
        return None

    def _hashes(self, planned: Sequence[ImportedRun]) -> list[str]:
        """Return the hashes of the files of what is to be stored, each once."""
        runs = [self._archive.run(item.id) for item in to_import(planned)]
        return sorted({file["sha256"] for values in runs for file in values["artifacts"]})


@contextmanager
def _announcing(registry: Registry) -> Iterator[str]:
    """Yield an id to announce objects for; where the block fails, they are removed again."""
    owner = new_id(unique_microseconds())
    claim = registry.database.ask(lambda backend: backend.claim(owner))
    try:
        yield owner
    except BaseException:
        with suppress(RegistryError):  # what went wrong first is what is told
            _remove_announced(registry, owner)
        raise
    finally:
        if claim is not None:
            claim.release()
        with suppress(OSError):
            registry.database.backend.forget(owner)


def _remove_announced(registry: Registry, owner: str) -> None:
    """Withdraw an import's announcements, and remove what was stored for it alone."""

    def withdraw(connection: Connection) -> set[str]:
        mine = select(pending_object.c.sha256).where(pending_object.c.run_id == owner)
        hashes = set(connection.scalars(mine))
        withdraw_objects(connection, owner)
        return hashes

    registry.files.drop(registry.database.write(withdraw))


def _withdraw_for_the_dead(registry: Registry, connection: Connection) -> None:
    """Withdraw what imports announced that were killed."""
    for owner in stale_owners(connection, registry.database):
        if not is_known(connection, owner):
            withdraw_objects(connection, owner)
            registry.database.backend.forget(owner)
