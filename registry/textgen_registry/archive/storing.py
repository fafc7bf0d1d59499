"""A run of an archive becomes rows, within a transaction that the caller has opened.

Its files' contents are stored already, and it is known not to be there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from textgen.errors import ArchiveError
from textgen_registry.archive.planning import ImportedRun
from textgen_registry.archive.reading import Archive
from textgen_registry.archive.snapshot import IMPORTED
from textgen_registry.database.schema import artifact, event, note, session
from textgen_registry.runs.changes import put_metrics, store_run
from textgen_registry.runs.journal import log

Rows = Sequence[dict[str, Any]]

_POINTS_AT_ONCE = 10_000


def store(connection: Connection, archive: Archive, item: ImportedRun) -> None:
    """Store all rows of a run.

    Raises:
        ArchiveError: A note of it is one on another run; or the archive has been changed since it
            was opened.
    """
    values = archive.run(item.id)
    lists = {key: values.pop(key) for key, value in list(values.items()) if isinstance(value, list)}
    store_run(connection, {**values, "name": item.name}, lists["tags"])
    _insert(connection, session, item.id, lists["sessions"])
    _insert(connection, artifact, item.id, lists["artifacts"])
    _refuse_known(connection, archive, lists["notes"])
    _insert(connection, note, item.id, lists["notes"])
    # The log outlives a run: what it tells of one that was removed for good is still there.
    logged = _ids_there(connection, event, lists["events"])
    _insert(connection, event, item.id, [e for e in lists["events"] if e["id"] not in logged])
    points = archive.points(item.id)
    while some := list(islice(points, _POINTS_AT_ONCE)):
        put_metrics(connection, item.id, some)
    renamed = {} if item.name == item.archived_name else {"archived_name": item.archived_name}
    log(connection, IMPORTED, run_id=item.id, detail=renamed)


def _insert(connection: Connection, table: Table, run_id: str, rows: Rows) -> None:
    if rows:
        connection.execute(insert(table), [{"run_id": run_id, **row} for row in rows])


def _ids_there(connection: Connection, table: Table, rows: Rows) -> set[str]:
    """Return the ids of those rows that a table has already."""
    ids = [row["id"] for row in rows]
    return set(connection.scalars(select(table.c.id).where(table.c.id.in_(ids))))


def _refuse_known(connection: Connection, archive: Archive, notes: Rows) -> None:
    for note_id in sorted(_ids_there(connection, note, notes)):
        raise ArchiveError(
            f"archive {archive.name}: its note {note_id} is in the registry as a note on another "
            "run. Nothing was imported; import it into another registry."
        )
