"""Runs of an archive become runs of a registry: all of them or, where anything fails, none.

The objects are stored first, announced for the import, which is claimed as a run is while it is
trained; then all rows, in one transaction. An import that was killed leaves announcements that
nobody claims, which the next one withdraws, and objects that nothing needs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Literal

from sqlalchemy import Connection, Table, insert, select

from textgen.errors import ArchiveError, RegistryError, UsageError
from textgen_registry.archive.reading import Archive
from textgen_registry.archive.snapshot import IMPORTED, fingerprint, take_snapshot
from textgen_registry.database.problems import reported
from textgen_registry.database.schema import artifact, event, note, pending_object, run, session
from textgen_registry.ids import new_id, unique_microseconds
from textgen_registry.runs.changes import (
    announce_objects,
    put_metrics,
    store_run,
    withdraw_objects,
)
from textgen_registry.runs.journal import log
from textgen_registry.runs.naming import refuse_taken, unused_name
from textgen_registry.store import Registry

Outcome = Literal["imported", "already there", "conflict"]

_POINTS_AT_ONCE = 10_000
_LONGEST_STEM = 70  # of a name that is given a number


@dataclass(frozen=True)
class ImportedRun:
    """What became of a run of an archive.

    Attributes:
        id: The run's id.
        name: What it is called in the registry.
        archived_name: What it is called in the archive.
        outcome: ``imported``; ``already there``, and left as it is; or a ``conflict``: a run of
            that id with other content is there, and is left as it is.
        in_trash: Whether the run that is there already is in the trash.
        files: How many files it has.
        size: Their bytes.
    """

    id: str
    name: str
    archived_name: str
    outcome: Outcome
    in_trash: bool
    files: int
    size: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def import_archive(
    registry: Registry, archive: Archive, *, dry_run: bool = False, skip_conflicts: bool = False
) -> tuple[ImportedRun, ...]:
    """Import the runs of an archive, with their ids and times; all or none.

    A run whose name another one has gets the next name that is free. One that is there already
    stays as it is, with its name, tags and notes.

    Args:
        registry: Where they go.
        archive: Where they are.
        dry_run: Whether only to tell what would be done.
        skip_conflicts: Whether to leave runs as they are that the archive has with other content.

    Raises:
        ArchiveError: The archive has been changed since it was opened.
        RegistryError: A run is there with other content, or the registry cannot be written.
    """
    registry.flush()

    def plan(connection: Connection) -> list[ImportedRun]:
        planned = list(_plan(connection, archive))
        if not skip_conflicts:
            _refuse_conflicts(registry, archive, planned)
        return planned

    planned = registry.database.read(plan)
    hashes = _hashes(archive, planned)
    if dry_run or not _to_import(planned):
        return tuple(planned)
    stored: dict[str, ImportedRun] = {}
    with _announced(registry, hashes) as owner:
        registry.files.put(map(archive.content, hashes))

        def store(connection: Connection) -> tuple[ImportedRun, ...]:
            now_planned = plan(connection)
            for item in _to_import(now_planned):
                _store(connection, archive, item)
                stored[item.id] = item
            withdraw_objects(connection, owner)
            # After a commit that was not heard of, what is there already is what was stored here.
            return tuple(stored.get(item.id, item) for item in now_planned)

        return registry.database.write(store)


def _plan(connection: Connection, archive: Archive) -> Iterator[ImportedRun]:
    """Yield what is to become of each run."""
    given: set[str] = set()
    for run_id in archive.runs:
        values = archive.run(run_id)
        files = values["artifacts"]
        told = {
            "id": run_id,
            "archived_name": values["name"],
            "files": len(files),
            "size": sum(file["size"] for file in files),
        }
        there = connection.execute(select(run.c.name, run.c.deleted).where(run.c.id == run_id))
        found = there.first()
        if found is None:
            name = _free_name(connection, values["name"], given)
            given.add(name)
            yield ImportedRun(name=name, outcome="imported", in_trash=False, **told)
        else:
            same = _is_same(connection, archive, run_id)
            outcome: Outcome = "already there" if same else "conflict"
            in_trash = found.deleted is not None
            yield ImportedRun(name=found.name, outcome=outcome, in_trash=in_trash, **told)


def _is_same(connection: Connection, archive: Archive, run_id: str) -> bool:
    archived = fingerprint(archive.run(run_id), archive.points(run_id))
    return archived == fingerprint(*take_snapshot(connection, run_id))


def _free_name(connection: Connection, name: str, given: Collection[str]) -> str:
    if name not in given:
        with suppress(UsageError):
            refuse_taken(connection, name)
            return name
    return unused_name(connection, name[:_LONGEST_STEM].strip(), besides=given)


def _to_import(planned: Sequence[ImportedRun]) -> list[ImportedRun]:
    return [item for item in planned if item.outcome == "imported"]


def _hashes(archive: Archive, planned: Sequence[ImportedRun]) -> list[str]:
    """Return the hashes of the files of what is to be imported, each once."""
    files = (file for item in _to_import(planned) for file in archive.run(item.id)["artifacts"])
    return sorted({file["sha256"] for file in files})


def _refuse_conflicts(registry: Registry, archive: Archive, planned: Sequence[ImportedRun]) -> None:
    conflicts = [f"{item.name} ({item.id})" for item in planned if item.outcome == "conflict"]
    if conflicts:
        raise RegistryError(
            f"archive {archive.name}: the registry at {registry.location} has, with other content, "
            f"{', '.join(conflicts)}. Nothing was imported. Import the others with "
            "--skip-conflicts, or all into another registry."
        )


@contextmanager
def _announced(registry: Registry, hashes: Collection[str]) -> Iterator[str]:
    """Announce objects for an import, whose id is yielded; remove them again where it fails."""
    now = unique_microseconds()
    owner = new_id(now)
    with reported(registry.location):
        claim = registry.database.backend.claim(owner)
    try:

        def announce(connection: Connection) -> None:
            _withdraw_for_the_dead(registry, connection)
            announce_objects(connection, owner, hashes, now)

        registry.database.write(announce)
        try:
            yield owner
        except BaseException:
            with suppress(RegistryError):  # what went wrong first is what is told
                registry.database.write(lambda connection: withdraw_objects(connection, owner))
                registry.files.drop(set(hashes))
            raise
    finally:
        if claim is not None:
            claim.release()
        with suppress(OSError):
            registry.database.backend.forget(owner)


def _withdraw_for_the_dead(registry: Registry, connection: Connection) -> None:
    """Withdraw what imports announced that were killed."""
    of_imports = pending_object.c.run_id.not_in(select(run.c.id))
    owners = set(connection.scalars(select(pending_object.c.run_id).where(of_imports).distinct()))
    for owner in owners - registry.database.backend.claimed(owners):
        withdraw_objects(connection, owner)
        registry.database.backend.forget(owner)


def _store(connection: Connection, archive: Archive, item: ImportedRun) -> None:
    """Store all rows of a run that is not there."""
    values = archive.run(item.id)
    lists = {key: values.pop(key) for key, value in list(values.items()) if isinstance(value, list)}
    _refuse_known(connection, archive, lists["notes"])
    store_run(connection, {**values, "name": item.name}, lists["tags"])
    for table, key in ((session, "sessions"), (artifact, "artifacts"), (note, "notes")):
        _insert(connection, table, item.id, lists[key])
    # The log outlives a run: after a run was deleted for good, its events are still there.
    logged = _there(connection, event, lists["events"])
    _insert(connection, event, item.id, [r for r in lists["events"] if r["id"] not in logged])
    points = archive.points(item.id)
    while some := list(islice(points, _POINTS_AT_ONCE)):
        put_metrics(connection, item.id, some)
    renamed = {} if item.name == item.archived_name else {"archived_name": item.archived_name}
    log(connection, IMPORTED, run_id=item.id, detail=renamed)


def _insert(
    connection: Connection, table: Table, run_id: str, rows: Sequence[dict[str, Any]]
) -> None:
    if rows:
        connection.execute(insert(table), [{"run_id": run_id, **row} for row in rows])


def _there(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Return the ids of rows that are in a table already."""
    ids = [row["id"] for row in rows]
    return set(connection.scalars(select(table.c.id).where(table.c.id.in_(ids))))


def _refuse_known(
    connection: Connection, archive: Archive, notes: Sequence[dict[str, Any]]
) -> None:
    for note_id in sorted(_there(connection, note, notes)):
        raise ArchiveError(
            f"archive {archive.name}: its note {note_id} is in the registry as a note on another "
            "run. Nothing was imported; import it into another registry."
        )
