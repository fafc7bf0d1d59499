"""What is written to the tables, within a transaction that the caller has opened.

Knows neither files nor how a transaction is opened; `queries` reads what this writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from textgen_registry.ids import run_id as new_run_id
from textgen_registry.records import MetricPoint
from textgen_registry.schema import artifact, metric, run, session, tag


def insert_run(
    connection: Connection, created: int, columns: Mapping[str, Any], tags: Sequence[str]
) -> str:
    """Store a run that begins now, and return its id."""
    run_id = new_run_id(created)
    begun = {"created": created, "started": created, "status": "running", "step": 0, "summary": {}}
    connection.execute(insert(run).values({**columns, **begun, "id": run_id}))
    if tags:
        connection.execute(insert(tag), [{"run_id": run_id, "tag": word} for word in tags])
    return run_id


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


def put_metrics(connection: Connection, run_id: str, points: Iterable[MetricPoint]) -> None:
    """Store figures; one measured again at the same step replaces the old."""
    statement = upsert(metric)
    replaced = {name: statement.excluded[name] for name in ("epoch", "value", "time")}
    statement = statement.on_conflict_do_update(set_=replaced)
    rows = [{"run_id": run_id, **vars(point)} for point in points]
    if rows:
        connection.execute(statement, rows)


def drop_metrics_after(connection: Connection, run_id: str, step: int) -> None:
    """Remove the figures that were measured after ``step``."""
    later = (metric.c.run_id == run_id) & (metric.c.step > step)
    connection.execute(delete(metric).where(later))


def name_artifacts(
    connection: Connection, run_id: str, files: Sequence[Mapping[str, Any]]
) -> set[str]:
    """Store that a run keeps files, and return the hashes that their names stood for before.

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
    return replaced
