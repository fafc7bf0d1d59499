"""What ``alice@best``, ``alice@3`` and ``alice@latest`` mean, and what is said when they mean none.

A reference to a version stands wherever a run is named; a record found by it knows its version.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from sqlalchemy import Connection, select

from textgen.errors import ModelNotFoundError, RunNotFoundError, command
from textgen_registry.database.location import Location
from textgen_registry.database.schema import run
from textgen_registry.models.naming import as_number, split
from textgen_registry.models.queries import (
    aliased_number,
    highest_number,
    list_versions,
    model_names,
)
from textgen_registry.models.records import FIGURES, VersionRecord
from textgen_registry.records import RunRecord
from textgen_registry.runs.finding import find_run_id, hint, quoted, require_run
from textgen_registry.runs.naming import LATEST, VERSION_MARK
from textgen_registry.runs.presence import IS_THERE
from textgen_registry.runs.queries import read_run

_MOST_LISTED = 5


def find_record(
    connection: Connection, reference: str, location: Location, lost: Set[str]
) -> RunRecord:
    """Return the run that ``reference`` means, or that trained the version that it means.

    Args:
        connection: A transaction of the registry.
        reference: What the user wrote.
        location: Where the registry is, for messages.
        lost: Runs that have not ended and that nobody trains.

    Raises:
        RunNotFoundError: No run, or more than one, goes by it.
        ModelNotFoundError: It names a model, and no version of it.
    """
    # Runs of the first release may have the mark in their names.
    if VERSION_MARK in reference and not _is_run_name(connection, reference):
        version = find_version(connection, reference, location)
        return _standing_for(version, read_run(connection, version.run_id, lost))
    try:
        run_id = find_run_id(connection, reference, location)
    except RunNotFoundError as unknown:
        if reference not in model_names(connection):
            raise
        raise _without_version(reference, location) from unknown
    return read_run(connection, run_id, lost)


def find_version(connection: Connection, reference: str, location: Location) -> VersionRecord:
    """Return the version that ``reference`` means: a model, ``@``, and what tells its version.

    Args:
        connection: A transaction of the registry.
        reference: What the user wrote.
        location: Where the registry is, for messages.

    Raises:
        ModelNotFoundError: There is no such model, or no such version of it.
    """
    name, which = split(reference)
    require_model(connection, name, location)
    if not which:
        raise _without_version(name, location)
    number = _number_meant(connection, name, which)
    found = [] if number is None else list_versions(connection, model=name, number=number)
    if not found:
        raise _unknown_version(name, which, list_versions(connection, model=name), location)
    return found[0]


def require_model(connection: Connection, name: str, location: Location) -> None:
    """Refuse a name that no model has.

    Raises:
        ModelNotFoundError: There is no such model.
    """
    names = model_names(connection)
    if name not in names:
        raise _unknown_model(name, names, location)


def require_keeper(connection: Connection, found: RunRecord | str, location: Location) -> None:
    """Refuse a run that is gone by now, or a record's version that is.

    Raises:
        RunNotFoundError: It is gone.
    """
    if isinstance(found, RunRecord) and found.version is not None:
        find_version(connection, str(found.version), location)
    else:
        require_run(connection, found.id if isinstance(found, RunRecord) else found, location)


def _is_run_name(connection: Connection, reference: str) -> bool:
    named = select(run.c.id).where(run.c.name == reference, IS_THERE)
    return connection.scalar(named) is not None


def _number_meant(connection: Connection, name: str, which: str) -> int | None:
    if which == LATEST:
        return highest_number(connection, name)
    number = as_number(which)
    return aliased_number(connection, name, which) if number is None else number


def _standing_for(version: VersionRecord, record: RunRecord) -> RunRecord:
    """Return a run's record as that of a version of it."""
    figures = {name: getattr(version, name) for name in FIGURES}
    # What a run wrote after it had gone on is not by the version's weights.
    sample = record.sample_text if record.step == version.step else None
    return replace(record, version=version.name, sample_text=sample, **figures)


def _unknown_model(name: str, names: Sequence[str], location: Location) -> ModelNotFoundError:
    if not names:
        return ModelNotFoundError(
            f"no model {quoted(name)}: the registry at {location} holds none yet. "
            "`textgen models register RUN NAME` makes one."
        )
    return ModelNotFoundError(
        f"no model {quoted(name)} in the registry at {location}{hint(name, names)} "
        "`textgen models list` shows them all."
    )


def _without_version(name: str, location: Location) -> ModelNotFoundError:
    return ModelNotFoundError(
        f"{quoted(name)} is a model in the registry at {location}: say which version of it, such "
        f"as {name}{VERSION_MARK}{LATEST}. Its versions and aliases: "
        f"{command('models', 'show', name)}"
    )


def _unknown_version(
    name: str, which: str, versions: Sequence[VersionRecord], location: Location
) -> ModelNotFoundError:
    aliases = sorted(alias for version in versions for alias in version.aliases)
    there = f"It has {_listed(versions)}" + (f", and aliases: {', '.join(aliases)}" * bool(aliases))
    return ModelNotFoundError(
        f"no version {quoted(which)} of the model {name} in the registry at {location}"
        f"{hint(which, [*aliases, LATEST])} {there}. See: "
        f"{command('models', 'show', name)}"
    )


def _listed(versions: Sequence[VersionRecord]) -> str:
    numbers = [str(version.number) for version in versions]
    if len(numbers) > _MOST_LISTED:
        return f"versions: {', '.join(numbers[:2])}, … {numbers[-1]}"
    return f"versions: {', '.join(numbers)}" if numbers else "no version"
