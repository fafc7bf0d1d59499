"""All that is recorded of a run at one moment, as the plain values that an archive holds.

Knows the tables, nothing of files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Table, func, select

from textgen_registry.archive.format import document, line
from textgen_registry.database.schema import artifact, event, model_version, note, run, session, tag
from textgen_registry.records import MetricPoint
from textgen_registry.runs.queries import list_metrics

IMPORTED: Literal["imported"] = "imported"  # an affair of the one registry

_OF_THE_REGISTRY = {"deleted", "lease"}

# What people say of a run and may change at any time; everything else is the run itself.
_SAID = {"name", "tags", "notes", "events"}


class Snapshot(NamedTuple):
    """A run as an archive holds it, and what it leaves out.

    Attributes:
        values: What ``run.json`` holds.
        points: Its figures by name, then step.
        versions: How many versions of named models were made of it.
    """

    values: dict[str, Any]
    points: list[MetricPoint]
    versions: int

    def hashes(self) -> set[str]:
        """Return the hashes of its files."""
        return {file["sha256"] for file in self.values["artifacts"]}


def take_snapshot(connection: Connection, run_id: str) -> Snapshot:
    """Return a run that is known to be there, the same on every database."""
    points = list_metrics(connection, run_id, (), last_step=None)
    # By the code points of names, which is not the order of every database.
    points.sort(key=lambda point: (point.name, point.step))
    made = select(func.count()).where(model_version.c.run_id == run_id)
    return Snapshot(_values(connection, run_id), points, connection.scalars(made).one())


def fingerprint(values: Mapping[str, Any], points: Iterable[MetricPoint]) -> str:
    """Return a hash that two runs share if they are one: trained, measured and kept the same.

    Their names, tags, notes and events may differ.
    """
    digest = hashlib.sha256(document({k: v for k, v in values.items() if k not in _SAID}))
    for point in points:
        digest.update(line(vars(point)))
    return digest.hexdigest()


def _values(connection: Connection, run_id: str) -> dict[str, Any]:
    columns = [column for column in run.c if column.name not in _OF_THE_REGISTRY]
    row = connection.execute(select(*columns).where(run.c.id == run_id)).mappings().one()
    words = connection.scalars(select(tag.c.tag).where(tag.c.run_id == run_id))
    return {
        **row,
        "tags": sorted(words),
        "sessions": _rows(connection, session, run_id, "number"),
        "artifacts": _rows(connection, artifact, run_id, "name"),
        "notes": _rows(connection, note, run_id, "created", "id"),
        "events": list(_events(connection, run_id)),
    }


def _events(connection: Connection, run_id: str) -> Iterator[dict[str, Any]]:
    """Yield what was done to the run itself, wherever it was."""
    for row in _rows(connection, event, run_id, "created", "id"):
        of_a_model = row.pop("model") is not None
        if not of_a_model and row["kind"] != IMPORTED:
            yield row


def _rows(connection: Connection, table: Table, run_id: str, *order: str) -> list[dict[str, Any]]:
    """Return the rows of a run, without its id, in an order that is the same on every database."""
    columns = [column for column in table.c if column.name != "run_id"]
    mine = select(*columns).where(table.c.run_id == run_id)
    rows = [dict(row) for row in connection.execute(mine).mappings()]
    return sorted(rows, key=lambda row: [row[name] for name in order])
