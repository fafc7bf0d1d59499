"""What is read of named models from the tables, as records.

Knows neither files nor how a transaction is opened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select

from textgen_registry.database.schema import alias, event, model, model_file, model_version, run
from textgen_registry.models.records import FIGURES, ModelEvent, ModelRecord, VersionRecord
from textgen_registry.records import ArtifactRecord, VersionName

_OF_VERSION = ("model", "number", "run_id", "created", "author", *FIGURES)


def list_models(connection: Connection) -> list[ModelRecord]:
    """Return every named model, in order of name."""
    versions: dict[str, list[VersionRecord]] = {}
    for version in list_versions(connection):
        versions.setdefault(version.model, []).append(version)
    rows = connection.execute(select(model.c.name, model.c.created).order_by(model.c.name))
    return [ModelRecord(*row, versions=tuple(versions.get(row[0], ()))) for row in rows]


def list_versions(connection: Connection, **of: Any) -> list[VersionRecord]:
    """Return versions by model, then number.

    Args:
        connection: A transaction.
        of: Which ``model``, ``number`` and ``run_id``; any, where it is not said.
    """
    columns = [model_version.c[name] for name in _OF_VERSION]
    chosen = select(*columns, run.c.name.label("run_name")).join(run)
    ordered = chosen.where(*_of(model_version, of)).order_by(
        model_version.c.model, model_version.c.number
    )
    aliases, files = _aliases(connection, of), _files(connection, of)
    rows = connection.execute(ordered).mappings().all()
    names = [VersionName(row["model"], row["number"]) for row in rows]
    return [
        VersionRecord(**row, aliases=tuple(aliases.get(name, ())), files=tuple(files.get(name, ())))
        for name, row in zip(names, rows, strict=True)
    ]


def highest_number(connection: Connection, name: str) -> int | None:
    """Return the number of a model's newest version."""
    highest = select(func.max(model_version.c.number)).where(model_version.c.model == name)
    number: int | None = connection.scalar(highest)
    return number


def aliased_number(connection: Connection, name: str, word: str) -> int | None:
    """Return the number that an alias stands for, None where there is no such alias."""
    mine = (alias.c.model == name) & (alias.c.alias == word)
    return connection.scalar(select(alias.c.number).where(mine))


def model_names(connection: Connection) -> list[str]:
    """Return the names of all models."""
    return list(connection.scalars(select(model.c.name)))


def versions_by_run(connection: Connection, run_ids: Collection[str]) -> dict[str, list[str]]:
    """Return what versions need each of the runs (``["alice@3"]``); such a run must be kept."""
    columns = (model_version.c.run_id, model_version.c.model, model_version.c.number)
    mine = select(*columns).where(model_version.c.run_id.in_(run_ids))
    needed: dict[str, list[str]] = {}
    for run_id, name, number in connection.execute(mine.order_by(*columns[1:])):
        needed.setdefault(run_id, []).append(f"{name}@{number}")
    return needed


def list_events(connection: Connection, name: str) -> list[ModelEvent]:
    """Return what was done to a model, the oldest first; also to one that is no more."""
    columns = (event.c.created, event.c.author, event.c.kind, event.c.model, event.c.run_id)
    mine = select(*columns, event.c.detail).where(event.c.model == name)
    ordered = mine.order_by(event.c.created, event.c.id)
    return [ModelEvent(*row, **detail) for *row, detail in connection.execute(ordered)]


def _aliases(connection: Connection, of: Mapping[str, Any]) -> Mapping[VersionName, list[str]]:
    chosen = select(alias.c.model, alias.c.number, alias.c.alias).where(*_of(alias, of))
    aliases: dict[VersionName, list[str]] = {}
    for name, number, word in connection.execute(chosen.order_by(alias.c.alias)):
        aliases.setdefault(VersionName(name, number), []).append(word)
    return aliases


def _files(
    connection: Connection, of: Mapping[str, Any]
) -> dict[VersionName, list[ArtifactRecord]]:
    columns = ("model", "number", "name", "sha256", "size")
    chosen = select(*(model_file.c[name] for name in columns)).where(*_of(model_file, of))
    files: dict[VersionName, list[ArtifactRecord]] = {}
    for name, number, *file in connection.execute(chosen.order_by(model_file.c.name)):
        files.setdefault(VersionName(name, number), []).append(ArtifactRecord(*file))
    return files


def _of(table: Table, of: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in of.items() if name in table.c]
