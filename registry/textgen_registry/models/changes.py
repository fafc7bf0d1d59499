"""What is written of named models, within a transaction that the caller has opened.

Knows neither files nor how a transaction is opened; `queries` reads what this writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select, update

from textgen_registry.database.schema import alias, model, model_file, model_version
from textgen_registry.models.queries import list_events
from textgen_registry.models.records import VersionRecord
from textgen_registry.records import ArtifactRecord, VersionName
from textgen_registry.runs.journal import KindOfModel, log


def next_number(connection: Connection, name: str, now: int) -> int:
    """Return a model's next number, which is never given again; make the model if there is none."""
    mine = model.c.name == name
    last = connection.scalar(select(model.c.last_number).where(mine))
    if last is None:
        number = _last_of_old(connection, name) + 1
        connection.execute(insert(model).values(name=name, created=now, last_number=number))
    else:
        number = last + 1
        connection.execute(update(model).where(mine).values(last_number=number))
    return number


def insert_version(
    connection: Connection, name: VersionName, files: Sequence[ArtifactRecord], **columns: Any
) -> None:
    """Store a version, which keeps ``files``."""
    key = name._asdict()
    connection.execute(insert(model_version).values(**key, **columns))
    connection.execute(insert(model_file), [{**key, **vars(file)} for file in files])


def point_alias(connection: Connection, word: str, name: VersionName) -> None:
    """Let an alias of a model stand for a version of it."""
    remove_alias(connection, name.model, word)
    connection.execute(insert(alias).values(**name._asdict(), alias=word))


def remove_alias(connection: Connection, name: str, word: str) -> None:
    """Remove an alias of a model."""
    connection.execute(delete(alias).where(alias.c.model == name, alias.c.alias == word))


def remove_version(connection: Connection, name: VersionName) -> None:
    """Remove a version, and with it its files' rows and its aliases."""
    mine = (model_version.c.model == name.model) & (model_version.c.number == name.number)
    connection.execute(delete(model_version).where(mine))


def remove_empty_model(connection: Connection, name: str) -> None:
    """Remove a model that has no version."""
    any_version = exists().where(model_version.c.model == model.c.name)
    connection.execute(delete(model).where(model.c.name == name, ~any_version))


def log_change(
    connection: Connection, kind: KindOfModel, version: VersionRecord, **change: str | int | None
) -> None:
    """Write down what was done, with the figures of the version that it is about.

    Args:
        connection: The transaction that does it.
        kind: What was done, as `ModelEvent` says.
        version: The version.
        change: The ``alias``, if one was moved, and the numbers ``before`` and ``after``.
    """
    measured = ("step", "best_loss", "bits_per_char")
    figures = {name: getattr(version, name) for name in measured}
    nothing: Mapping[str, None] = dict.fromkeys(["alias", "before", "after"])
    detail = {**nothing, **change, **figures}
    log(connection, kind, run_id=version.run_id, model=version.model, detail=detail)


def _last_of_old(connection: Connection, name: str) -> int:
    """Return the highest number that was given by a model of that name, since deleted."""
    given = (event.after for event in list_events(connection, name) if event.kind == "registered")
    return max((number for number in given if number is not None), default=0)
