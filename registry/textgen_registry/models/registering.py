"""How a run becomes a version: its files are found intact, then named within one transaction.

Files are checked outside of the transaction, because others wait for it: whoever trains the run
may replace them meanwhile, and then the new ones are checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import normalize

from sqlalchemy import Connection

from textgen.errors import RegistryError, UsageError
from textgen_registry.database.location import Location
from textgen_registry.models.changes import insert_version, log_change, next_number
from textgen_registry.models.finding import find_version, require_keeper
from textgen_registry.models.queries import (
    highest_number,
    list_versions,
    model_names,
)
from textgen_registry.models.records import FIGURES, Registration, VersionRecord
from textgen_registry.records import ArtifactRecord, RunRecord, VersionName
from textgen_registry.runs.journal import author
from textgen_registry.runs.presence import when_deleted
from textgen_registry.runs.queries import list_artifacts, read_run
from textgen_registry.store import Registry

_WEIGHTS = ".safetensors"


class Candidate(NamedTuple):
    """What is to become a version.

    Attributes:
        model: The name of the model.
        run: The run, or a version of it.
        again: Whether it becomes another one where the same files of the run are one.
        created: When it was asked for. It tells whether this very request has been fulfilled.
    """

    model: str
    run: RunRecord
    again: bool
    created: int


def intact_files(registry: Registry, run: RunRecord) -> list[ArtifactRecord]:
    """Return a run's files, each of which was read and is what was stored.

    Raises:
        RegistryError: There are no weights among them.
        DamagedArtifactError: One is damaged.
    """
    files = registry.artifacts(run)
    if not any(file.name.endswith(_WEIGHTS) for file in files):
        raise RegistryError(
            f"run {run.name} ({run.id}), recorded as {run.status}, has no weights to register: the "
            f"first come with its first checkpoint. `textgen runs show {run.id}` tells how far it "
            "came; `textgen run` begins another."
        )
    for file in files:
        registry.read_artifact(run, file.name)
    return files


def add_version(
    connection: Connection,
    candidate: Candidate,
    files: list[ArtifactRecord],
    location: Location,
) -> Registration | None:
    """Store a version; return None where the run's files are no longer those that were checked.

    Raises:
        RunNotFoundError: The run is gone.
        RegistryError: It is in the trash.
        UsageError: The model's name is too like that of another.
    """
    require_keeper(connection, candidate.run, location)
    _refuse_trash(connection, candidate.run)
    made = list_versions(connection, model=candidate.model, run_id=candidate.run.id)
    for version in made:
        if version.created == candidate.created:  # before the connection was lost
            return Registration(version, is_new=True)
    if list_artifacts(connection, candidate.run.keeper) != files:
        return None
    same = [version for version in made if version.files == tuple(files)]
    if same and not candidate.again:
        return Registration(same[-1], is_new=False)
    _refuse_alike(connection, candidate.model)
    return Registration(_insert(connection, candidate, files, location), is_new=True)


def _insert(
    connection: Connection,
    candidate: Candidate,
    files: Sequence[ArtifactRecord],
    location: Location,
) -> VersionRecord:
    name, created, run_id = candidate.model, candidate.created, candidate.run.id
    before = highest_number(connection, name)
    number = next_number(connection, name, created)
    now = _as_it_is(connection, candidate.run, location)
    figures = {column: getattr(now, column) for column in FIGURES}
    columns = {"run_id": run_id, "created": created, "author": author(), **figures}
    insert_version(connection, VersionName(name, number), files, **columns)
    (version,) = list_versions(connection, model=name, number=number)
    log_change(connection, "registered", version, before=before, after=number)
    return version


def _as_it_is(
    connection: Connection, run: RunRecord, location: Location
) -> RunRecord | VersionRecord:
    """Return what the transaction sees of it: the figures that go with the files."""
    if run.version is None:
        return read_run(connection, run.id, set())
    return find_version(connection, str(run.version), location)


def _refuse_trash(connection: Connection, run: RunRecord) -> None:
    if run.version is None and when_deleted(connection, run.id) is not None:
        raise RegistryError(
            f"run {run.name} ({run.id}) is in the trash, and a version is made of what is not. "
            f"Bring it back first: textgen runs restore {run.id}"
        )


def _refuse_alike(connection: Connection, name: str) -> None:
    """Refuse the name of a new model that people would take for that of another."""
    for other in model_names(connection):
        if other != name and _as_read(other) == _as_read(name):
            raise UsageError(
                f"model name {name!r} would be taken for the model {other!r}. Write it as that "
                "one, or choose another."
            )


def _as_read(name: str) -> str:
    return normalize("NFKC", name).casefold()
