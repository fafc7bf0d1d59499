"""What is read from the tables, as records.

Knows neither files nor how a transaction is opened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields

from sqlalchemy import Connection, Select, select

from textgen_registry.finding import NEWEST_FIRST
from textgen_registry.records import ArtifactRecord, MetricPoint, RunRecord, RunRow, Status
from textgen_registry.schema import artifact, metric, run, session, tag
from textgen_registry.sessions import SessionRecord

_LISTED = [run.c[field.name] for field in fields(RunRow) if field.name != "tags"]


def has_run(connection: Connection, run_id: str) -> bool:
    """Tell whether there is a run with that id."""
    return connection.scalar(select(run.c.id).where(run.c.id == run_id)) is not None


def read_run(connection: Connection, run_id: str) -> RunRecord:
    """Return a run that is known to be there, with what its first session depended on."""
    of_first = (session.c.run_id == run.c.id) & (session.c.number == 1)
    whole = select(run, session.c.environment, session.c.parts).join(session, of_first)
    row = connection.execute(whole.where(run.c.id == run_id)).mappings().one()
    tags = _tags(connection, select(run.c.id).where(run.c.id == run_id))
    return RunRecord(**row, tags=tags.get(run_id, ()))


def list_runs(connection: Connection, *, limit: int | None, status: Status | None) -> list[RunRow]:
    """Return runs, newest first: at most ``limit``, only those that stand so."""
    chosen = select(*_LISTED).order_by(*NEWEST_FIRST).limit(limit)
    if status is not None:
        chosen = chosen.where(run.c.status == status)
    tags = _tags(connection, chosen.with_only_columns(run.c.id))
    # By place, not by name: for ten thousand runs that is three times as quick.
    return [RunRow(*(*row, tags.get(row[0], ()))) for row in connection.execute(chosen)]


def list_metrics(connection: Connection, run_id: str, names: Sequence[str]) -> list[MetricPoint]:
    """Return a run's figures by name, then step; all of them where ``names`` is empty."""
    columns = (metric.c.step, metric.c.epoch, metric.c.name, metric.c.value, metric.c.time)
    chosen = select(*columns).where(metric.c.run_id == run_id)
    if names:
        chosen = chosen.where(metric.c.name.in_(names))
    ordered = chosen.order_by(metric.c.name, metric.c.step)
    return [MetricPoint(*row) for row in connection.execute(ordered)]


def list_sessions(connection: Connection, run_id: str) -> list[SessionRecord]:
    """Return the sessions of a run, the first one first."""
    columns = [session.c[field.name] for field in fields(SessionRecord)]
    mine = select(*columns).where(session.c.run_id == run_id).order_by(session.c.number)
    return [SessionRecord(*row) for row in connection.execute(mine)]


def list_artifacts(connection: Connection, run_id: str) -> list[ArtifactRecord]:
    """Return the files of a run by name."""
    chosen = select(artifact.c.name, artifact.c.sha256, artifact.c.size)
    mine = chosen.where(artifact.c.run_id == run_id).order_by(artifact.c.name)
    return [ArtifactRecord(*row) for row in connection.execute(mine)]


def named_objects(connection: Connection, *, among: Collection[str] | None = None) -> set[str]:
    """Return the hashes that a run's file has, of all that are stored or ``among`` some."""
    named = select(artifact.c.sha256).distinct()
    if among is not None:
        named = named.where(artifact.c.sha256.in_(among))
    return set(connection.scalars(named))


def _tags(connection: Connection, chosen: Select[tuple[str]]) -> Mapping[str, tuple[str, ...]]:
    tags: dict[str, tuple[str, ...]] = {}
    ordered = select(tag.c.run_id, tag.c.tag).where(tag.c.run_id.in_(chosen)).order_by(tag.c.tag)
    for run_id, word in connection.execute(ordered):
        tags[run_id] = (*tags.get(run_id, ()), word)
    return tags
