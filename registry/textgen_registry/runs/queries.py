"""What is read from the tables, as records.

Knows neither files nor how a transaction is opened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import fields
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, case, select

from textgen_registry.database.schema import (
    artifact,
    metric,
    model_file,
    pending_object,
    run,
    session,
    tag,
)
from textgen_registry.query.selection import Selection, chosen_runs
from textgen_registry.records import (
    ArtifactRecord,
    MetricPoint,
    RunRecord,
    RunRow,
    VersionName,
)
from textgen_registry.sessions import SessionRecord

_ROWS_AT_ONCE = 500
_FEW = 500  # of which the ids are worth saying; of more runs it is quicker to read what all have


def running_runs(connection: Connection) -> dict[str, str | None]:
    """Return the runs that have begun and not ended, be anybody still training them or not.

    Returns:
        By the run's id, the token of the process that took it last; None for one that the first
        release left.
    """
    running = select(run.c.id, run.c.lease).where(run.c.status == "running")
    return {row.id: row.lease for row in connection.execute(running)}


def read_run(connection: Connection, run_id: str, lost: Set[str]) -> RunRecord:
    """Return a run that is known to be there, with what its first session depended on.

    Args:
        connection: A transaction.
        run_id: The run's id.
        lost: Runs that have not ended and that nobody trains.
    """
    of_first = (session.c.run_id == run.c.id) & (session.c.number == 1)
    of_run = _columns(RunRecord, lost, without={"tags", "environment", "parts", "version"})
    whole = select(*of_run, session.c.environment, session.c.parts).join(session, of_first)
    row = connection.execute(whole.where(run.c.id == run_id)).mappings().one()
    tags = words_of(connection, tag.c.tag, [run_id])
    return RunRecord(**row, tags=tags.get(run_id, ()))


def list_runs(connection: Connection, selection: Selection, lost: Set[str]) -> list[RunRow]:
    """Return the runs that are asked for, in the order that is asked for."""
    chosen = chosen_runs(connection, selection, status_seen(lost))
    whole = chosen.with_only_columns(*_columns(RunRow, lost, without={"tags"}))
    ids, *rest = read_columns(connection, whole)
    words = words_of(connection, tag.c.tag, ids)
    tags = (words.get(run_id, ()) for run_id in ids)
    # By place, not by name: for ten thousand runs that is three times as quick.
    return [RunRow(*values) for values in zip(ids, *rest, tags, strict=True)]


def list_metrics(
    connection: Connection, run_id: str, names: Sequence[str], *, last_step: int | None
) -> list[MetricPoint]:
    """Return a run's figures by name, then step.

    Args:
        connection: A transaction.
        run_id: The run's id.
        names: What was measured; all where it is empty.
        last_step: None of those measured after it; None: all.
    """
    columns = (metric.c.step, metric.c.epoch, metric.c.name, metric.c.value, metric.c.time)
    chosen = select(*columns).where(metric.c.run_id == run_id)
    if names:
        chosen = chosen.where(metric.c.name.in_(names))
    if last_step is not None:
        chosen = chosen.where(metric.c.step <= last_step)
    ordered = chosen.order_by(metric.c.name, metric.c.step)
    return [MetricPoint(*row) for row in connection.execute(ordered)]


def list_sessions(connection: Connection, run_id: str) -> list[SessionRecord]:
    """Return the sessions of a run, the first one first."""
    columns = [session.c[field.name] for field in fields(SessionRecord)]
    mine = select(*columns).where(session.c.run_id == run_id).order_by(session.c.number)
    return [SessionRecord(*row) for row in connection.execute(mine)]


def list_artifacts(connection: Connection, keeper: str | VersionName) -> list[ArtifactRecord]:
    """Return the files of a run, or of a named model's version, by name."""
    if isinstance(keeper, VersionName):
        table, mine = model_file, (model_file.c.model, model_file.c.number)
        chosen = [column == value for column, value in zip(mine, keeper, strict=True)]
    else:
        table, chosen = artifact, [artifact.c.run_id == keeper]
    kept = select(table.c.name, table.c.sha256, table.c.size).where(*chosen)
    return [ArtifactRecord(*row) for row in connection.execute(kept.order_by(table.c.name))]


def needed_objects(connection: Connection, *, among: Collection[str] | None = None) -> set[str]:
    """Return the hashes that something refers to, of all that are stored or ``among`` some.

    Files of runs and of named models refer to them, and announcements of files to come.
    """
    needed: set[str] = set()
    for table in (artifact, model_file, pending_object):
        chosen = select(table.c.sha256).distinct()
        if among is not None:
            chosen = chosen.where(table.c.sha256.in_(among))
        needed.update(connection.scalars(chosen))
    return needed


def announcers(connection: Connection) -> set[str]:
    """Return the ids of the runs and imports for which objects are announced."""
    return set(connection.scalars(select(pending_object.c.run_id).distinct()))


def lease_of(connection: Connection, run_id: str) -> str | None:
    """Return the token of the process that has a run, None where none has."""
    return connection.scalar(select(run.c.lease).where(run.c.id == run_id))


def status_seen(lost: Set[str]) -> ColumnElement[str]:
    """Return how a run stands, which is not known to its row where its process died."""
    if not lost:
        return run.c.status
    return case((run.c.id.in_(lost), "lost"), else_=run.c.status).label("status")


def _columns(
    record: type[RunRow] | type[RunRecord], lost: Set[str], *, without: Set[str]
) -> list[ColumnElement[Any]]:
    names = [field.name for field in fields(record) if field.name not in without]
    return [status_seen(lost) if name == "status" else run.c[name] for name in names]


def read_columns(connection: Connection, chosen: Select[Any]) -> list[list[Any]]:
    """Return the values that a query finds, column by column.

    Rows are let go as they are read: ten thousand of them at once make Python's collector search
    everything in memory, which takes longer than the query.
    """
    columns: list[list[Any]] = [[] for _ in chosen.selected_columns]
    for rows in connection.execute(chosen).partitions(_ROWS_AT_ONCE):
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(values)
    return columns


def words_of(
    connection: Connection, column: Column[str], run_ids: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    """Return what runs have any number of, in order, by the run's id.

    Args:
        connection: A transaction.
        column: A column of a table that refers to runs.
        run_ids: The ids of the runs; others may come with them.
    """
    of_run = column.table.c.run_id
    chosen = select(of_run, column).order_by(column)
    if len(run_ids) <= _FEW:
        chosen = chosen.where(of_run.in_(run_ids))
    words: dict[str, tuple[str, ...]] = {}
    for run_id, word in connection.execute(chosen):
        words[run_id] = (*words.get(run_id, ()), word)
    return words
