"""What is written to the tables, within a transaction that the caller has opened.

Knows neither files nor how a transaction is opened; `queries` reads what this writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Insert, Table, delete, func, insert, select, update
from sqlalchemy.dialects import sqlite

from textgen_registry.database.column_types import kept_words
from textgen_registry.database.schema import (
    artifact,
    figure,
    metric,
    pending_object,
    run,
    session,
    setting,
    tag,
)
from textgen_registry.records import MetricPoint
from textgen_registry.runs.flattening import Extent, setting_rows

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def insert_run(
    connection: Connection,
    run_id: str,
    created: int,
    columns: Mapping[str, Any],
    tags: Sequence[str],
) -> None:
    """Store a run that begins now."""
    begun = {"created": created, "started": created, "status": "running", "step": 0, "summary": {}}
    store_run(connection, {**columns, **begun, "id": run_id}, tags)


def store_run(connection: Connection, columns: Mapping[str, Any], tags: Sequence[str]) -> None:
    """Store a run's own row, and what runs are found by: its settings and its tags."""
    run_id = columns["id"]
    connection.execute(insert(run).values(columns))
    settings = {kept_words(row["key"]): row for row in setting_rows(columns["config"])}
    if settings:
        rows = [{"run_id": run_id, **row} for row in settings.values()]
        connection.execute(insert(setting), rows)
    if tags:
        connection.execute(insert(tag), [{"run_id": run_id, "tag": word} for word in tags])


def insert_session(connection: Connection, run_id: str, **columns: Any) -> None:
    """Store that a session of a run begins now, as the next in number."""
    before = select(func.count()).where(session.c.run_id == run_id)
    number = connection.scalars(before).one() + 1
    connection.execute(insert(session).values(run_id=run_id, number=number, **columns))


def update_run(connection: Connection, run_id: str, **columns: Any) -> None:
    """Give columns of a run's own row other values."""
    connection.execute(update(run).where(run.c.id == run_id).values(columns))


def remove_run(connection: Connection, run_id: str) -> None:
    """Remove a run's row, and with it all rows that refer to it."""
    connection.execute(delete(run).where(run.c.id == run_id))
    withdraw_objects(connection, run_id)


def put_metrics(connection: Connection, run_id: str, points: Iterable[MetricPoint]) -> None:
    """Store figures; one measured again at the same step replaces the old."""
    by_name: dict[str, dict[int, MetricPoint]] = {}
    for point in points:
        by_name.setdefault(point.name, {})[point.step] = point
    if not by_name:
        return
    rows = [{"run_id": run_id, **vars(point)} for of in by_name.values() for point in of.values()]
    connection.execute(_upsert(connection, metric, ("epoch", "value", "time")), rows)
    values = {
        # Under the name that the database gives back.
        kept_words(name): [(step, of[step].value) for step in sorted(of)]
        for name, of in by_name.items()
    }
    _extend_extents(connection, run_id, values)


def drop_metrics_after(connection: Connection, run_id: str, step: int) -> None:
    """Remove the figures that were measured after ``step``."""
    later = (metric.c.run_id == run_id) & (metric.c.step > step)
    names = connection.scalars(select(metric.c.name).where(later).distinct()).all()
    connection.execute(delete(metric).where(later))
    connection.execute(delete(figure).where(figure.c.run_id == run_id, figure.c.name.in_(names)))
    left = select(metric.c.name).where(metric.c.run_id == run_id, metric.c.name.in_(names))
    remaining = connection.scalars(left.distinct()).all()
    extents = {name: _measured_extent(connection, run_id, name) for name in remaining}
    _store_extents(connection, run_id, extents)


def _extend_extents(
    connection: Connection, run_id: str, by_name: Mapping[str, Sequence[tuple[int, float]]]
) -> None:
    """Store what metrics come to with points that have been stored: steps, in order, and values."""
    known = _extents(connection, run_id, by_name)
    for name, values in by_name.items():
        if name in known and values[0][0] > known[name].step:
            known[name].take_all(values)
        else:
            known[name] = _measured_extent(connection, run_id, name)
    _store_extents(connection, run_id, known)


def _extents(connection: Connection, run_id: str, names: Iterable[str]) -> dict[str, Extent]:
    columns = (figure.c.name, figure.c.step, figure.c.last, figure.c.lowest, figure.c.highest)
    mine = (figure.c.run_id == run_id) & figure.c.name.in_(list(names))
    rows = connection.execute(select(*columns).where(mine))
    return {name: Extent(*values) for name, *values in rows}


def _measured_extent(connection: Connection, run_id: str, name: str) -> Extent:
    """Return what all points of a metric come to; there is one at least."""
    mine = (metric.c.run_id == run_id) & (metric.c.name == name)
    points = select(metric.c.step, metric.c.value).where(mine).order_by(metric.c.step)
    extent = Extent()
    extent.take_all((step, value) for step, value in connection.execute(points))
    return extent


def _store_extents(connection: Connection, run_id: str, extents: Mapping[str, Extent]) -> None:
    rows = [{"run_id": run_id, "name": name, **vars(item)} for name, item in extents.items()]
    if rows:
        replacing = _upsert(connection, figure, ("step", "last", "lowest", "highest"))
        connection.execute(replacing, rows)


def announce_objects(
    connection: Connection, owner: str, hashes: Collection[str], created: int
) -> None:
    """Store that objects are about to be stored.

    Args:
        connection: The transaction.
        owner: For whom: the id of a run, or of an import.
        hashes: Their hashes.
        created: When.
    """
    rows = [{"run_id": owner, "sha256": sha256, "created": created} for sha256 in hashes]
    if rows:
        connection.execute(_upsert(connection, pending_object, ("created",)), rows)


def are_announced(connection: Connection, owner: str, hashes: Collection[str]) -> bool:
    """Tell whether the announcements of objects for a run or an import all still stand.

    They are cleared where the process that made them seems to have died, as it may for a while to
    others when its database server was restarted.
    """
    standing = select(pending_object.c.sha256).where(pending_object.c.run_id == owner)
    return set(connection.scalars(standing)).issuperset(hashes)


def withdraw_objects(connection: Connection, owner: str) -> None:
    """Remove what was announced for a run or an import."""
    connection.execute(delete(pending_object).where(pending_object.c.run_id == owner))


def name_artifacts(
    connection: Connection, run_id: str, files: Sequence[Mapping[str, Any]]
) -> set[str]:
    """Store that a run keeps files that were announced.

    Returns:
        The hashes that their names stood for before.

    Args:
        connection: The transaction.
        run_id: The run's id.
        files: ``name``, ``sha256``, ``size`` and ``created`` of each.
    """
    same_names = artifact.c.name.in_([file["name"] for file in files])
    old = (artifact.c.run_id == run_id) & same_names
    replaced = set(connection.scalars(select(artifact.c.sha256).where(old)))
    connection.execute(delete(artifact).where(old))
    if files:
        connection.execute(insert(artifact), [{"run_id": run_id, **file} for file in files])
        announced = pending_object.c.sha256.in_([file["sha256"] for file in files])
        mine = pending_object.c.run_id == run_id
        connection.execute(delete(pending_object).where(mine & announced))
    return replaced


def _upsert(connection: Connection, table: Table, replaced: Sequence[str]) -> Insert:
    """Return an insertion that gives a row of the same key other values."""
    statement = _insert(connection, table)
    values = {name: statement.excluded[name] for name in replaced}
    keys = [column.name for column in table.primary_key]
    replacing: Insert = statement.on_conflict_do_update(index_elements=keys, set_=values)
    return replacing


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    if connection.dialect.name != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)
