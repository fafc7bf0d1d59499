"""What is to become of each run of an archive in a registry, decided before anything is stored.

Knows the run table, and what two runs must share to be one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select

from textgen.errors import RegistryError, UsageError
from textgen_registry.archive.reading import Archive
from textgen_registry.archive.snapshot import fingerprint, take_snapshot
from textgen_registry.database.location import Location
from textgen_registry.database.schema import run
from textgen_registry.runs.naming import clean_name, free_name, refuse_taken, unused_name

Outcome = Literal["imported", "already there", "conflict"]


@dataclass(frozen=True)
class ImportedRun:
    """What became of a run of an archive.

    Attributes:
        id: The run's id.
        name: What it is called in the registry.
        archived_name: What it is called in the archive, which may be any text.
        outcome: ``imported``; ``already there``, and left as it is; or a ``conflict``: a run of
            that id with other content is there, and is left as it is.
        in_trash: Whether the run that is there already is in the trash.
        files: How many files it has in the archive.
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


def plan(connection: Connection, archive: Archive) -> Iterator[ImportedRun]:
    """Yield what is to become of each run, in order of their ids."""
    given: set[str] = set()
    columns = select(run.c.name, run.c.deleted)
    for run_id in archive.runs:
        values = archive.run(run_id)
        found = connection.execute(columns.where(run.c.id == run_id)).first()
        if found is None:
            name = _free_name(connection, values, given)
            given.add(name)
            yield _planned(values, name, "imported")
        else:
            same = _is_same(connection, archive, values)
            outcome: Outcome = "already there" if same else "conflict"
            yield _planned(values, found.name, outcome, in_trash=found.deleted is not None)


def to_import(planned: Sequence[ImportedRun]) -> list[ImportedRun]:
    """Return those of the runs that are to be stored."""
    return [item for item in planned if item.outcome == "imported"]


def refuse_conflicts(planned: Sequence[ImportedRun], archive: Archive, location: Location) -> None:
    """Refuse runs that are there with other content.

    Raises:
        RegistryError: Names them.
    """
    conflicts = [f"{item.name} ({item.id})" for item in planned if item.outcome == "conflict"]
    if conflicts:
        raise RegistryError(
            f"archive {archive.name}: the registry at {location} has, with other content, "
            f"{', '.join(conflicts)}. Nothing was imported. Import the others with "
            "--skip-conflicts, or all into another registry."
        )


def _planned(
    values: Mapping[str, Any], name: str, outcome: Outcome, *, in_trash: bool = False
) -> ImportedRun:
    files = values["artifacts"]
    return ImportedRun(
        id=values["id"],
        name=name,
        archived_name=values["name"],
        outcome=outcome,
        in_trash=in_trash,
        files=len(files),
        size=sum(file["size"] for file in files),
    )


def _is_same(connection: Connection, archive: Archive, values: Mapping[str, Any]) -> bool:
    there = take_snapshot(connection, values["id"])
    archived = fingerprint(values, archive.points(values["id"]))
    return archived == fingerprint(there.values, there.points)


def _free_name(connection: Connection, values: Mapping[str, Any], given: Collection[str]) -> str:
    """Return a run's name if it is one that a new run could have; otherwise another."""
    try:
        name = clean_name(values["name"])
    except UsageError:
        return free_name(connection, values["source"], values["model"], besides=given)
    if name not in given:
        with suppress(UsageError):
            refuse_taken(connection, name)
            return name
    return unused_name(connection, name, besides=given)
