"""Named models, notes, a trash, leases, a log of events; settings and figures to find runs by.

It uses nothing of the package: what it makes of a registry of the first release is the same for
good, however settings, figures and texts are written by then.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ROWS = 10_000
_REAL = sa.DOUBLE_PRECISION

_FLOAT = "$float"
_OF_RUN = ("config", "provenance", "plan", "summary")
_OF_SESSION = ("environment", "parts")

# From here on a text is read with escapes (\u0000, \udcff). What merely looked like one before is
# escaped itself.
_LIKE_AN_ESCAPE = re.compile(r"\\(?=(?:u005c)*u(?:0000|d[89a-f][0-9a-f]{2}))")


def upgrade() -> None:
    """Add what is new, and fill it from what is there."""
    property_ = op.create_table(
        "property",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.bulk_insert(property_, [{"name": "artifacts", "value": "objects"}])
    op.create_table("receipt", sa.Column("id", sa.Text, primary_key=True))
    with op.batch_alter_table("run") as batch:
        batch.add_column(sa.Column("deleted", sa.BigInteger))
        batch.add_column(sa.Column("lease", sa.Text))
    _add_what_runs_are_found_by()
    _escape_texts()
    _add_notes_and_events()
    _add_models()
    op.execute("UPDATE schema_version SET version = 3")


def _add_what_runs_are_found_by() -> None:
    op.create_table(
        "setting",
        _run_id(),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("number", _REAL),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "figure",
        _run_id(),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("last", _REAL, nullable=False),
        sa.Column("lowest", _REAL),
        sa.Column("highest", _REAL),
        sqlite_with_rowid=False,
    )
    _fill_settings()
    _fill_figures()


def _fill_settings() -> None:
    connection = op.get_bind()
    for run_id, config in connection.exec_driver_sql(
        "SELECT id, CAST(config AS TEXT) FROM run"
    ).all():
        settings = dict(_flat(_unmarked(json.loads(config))))
        _insert(
            "setting",
            [
                {
                    "run_id": run_id,
                    "key": _kept(key),
                    "text": _typed(value),
                    "number": _number(value),
                }
                for key, value in settings.items()
                if value is not None
            ],
        )


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _unmarked(value: Any) -> Any:
    """Return what the first release wrote as JSON, with the floats that JSON lacks."""
    match value:
        case dict() if list(value) == [_FLOAT]:
            inner = value[_FLOAT]
            return {_FLOAT: _unmarked(inner[0])} if isinstance(inner, list) else float(inner)
        case dict():
            return {key: _unmarked(inner) for key, inner in value.items()}
        case list():
            return [_unmarked(inner) for inner in value]
    return value


def _typed(value: Any) -> str:
    return _kept(str(value).lower() if isinstance(value, bool) else str(value))


def _number(value: Any) -> float | str | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    try:
        return _stored(float(value)) if is_number else None
    except OverflowError:
        return None


def _fill_figures() -> None:
    points = op.get_bind().exec_driver_sql(
        "SELECT run_id, name, step, value FROM metric ORDER BY run_id, name, step"
    )
    rows = (tuple(row) for row in points.yield_per(_ROWS))
    figures = [
        {
            "run_id": run_id,
            "name": name,
            **_figure([(step, float(value)) for *_, step, value in of]),
        }
        for (run_id, name), of in groupby(rows, lambda row: row[:2])
    ]
    _insert("figure", figures)


def _figure(points: list[tuple[int, float]]) -> dict[str, Any]:
    """Return what the points of a metric come to: steps, in order, and values."""
    numbers = [value for _, value in points if not math.isnan(value)]
    step, last = points[-1]
    lowest, highest = (min(numbers), max(numbers)) if numbers else (None, None)
    return {"step": step, "last": _stored(last), "lowest": lowest, "highest": highest}


def _stored(value: float) -> float | str:
    """Return a number as SQLite is given it, which makes NULL of NaN."""
    return "NaN" if math.isnan(value) else value


def _kept(text: str) -> str:
    """Return text as SQLite is given it: without NUL and lone surrogates."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", r"\x00")


def _escape_texts() -> None:
    if op.get_bind().dialect.name != "sqlite":  # all that the first release wrote is
        return
    for column in ("sample_prompt", "sample_text"):
        _rewrite("run", column, _escaped)
    for table, columns in {"run": _OF_RUN, "session": _OF_SESSION}.items():
        for column in columns:
            _rewrite(table, column, lambda text: json.dumps(_all_escaped(json.loads(text))))


def _rewrite(table: str, column: str, change: Callable[[str], str]) -> None:
    """Change the texts of a column that may hold what looks like an escape."""
    connection = op.get_bind()
    found = f'SELECT rowid, "{column}" FROM {table} WHERE "{column}" LIKE \'%\\u%\''
    for row, text in connection.exec_driver_sql(found).all():
        changed = change(text)
        if changed != text:
            update = f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?'
            connection.exec_driver_sql(update, (changed, row))


def _escaped(text: str) -> str:
    return _LIKE_AN_ESCAPE.sub(r"\\u005c", text)


def _all_escaped(value: Any) -> Any:
    match value:
        case str():
            return _escaped(value)
        case dict():
            return {_escaped(key): _all_escaped(inner) for key, inner in value.items()}
        case list():
            return [_all_escaped(inner) for inner in value]
    return value


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows of plain values."""
    if rows:
        target = sa.table(table, *(sa.column(name) for name in rows[0]))
        op.get_bind().execute(sa.insert(target), rows)


def _add_notes_and_events() -> None:
    op.create_table(
        "pending_object",
        sa.Column("run_id", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Index("pending_object_by_sha256", "sha256"),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("run_id", sa.Text, sa.ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Index("note_by_run", "run_id", "created"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text),
        sa.Column("model", sa.Text),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Index("event_by_run", "run_id", "created"),
        sa.Index("event_by_model", "model", "created"),
    )


def _add_models() -> None:
    op.create_table(
        "model",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("last_number", sa.Integer, nullable=False),
    )
    op.create_table(
        "model_version",
        sa.Column(
            "model", sa.Text, sa.ForeignKey("model.name", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("run_id", sa.Text, sa.ForeignKey("run.id"), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("best_loss", _REAL),
        sa.Column("bits_per_char", _REAL),
        sa.Column("summary", sa.JSON, nullable=False),
        sa.Index("model_version_by_run", "run_id"),
    )
    op.create_table(
        "model_file",
        sa.Column("model", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        _of_version(),
        sa.Index("model_file_by_sha256", "sha256"),
    )
    op.create_table(
        "alias",
        sa.Column("model", sa.Text, primary_key=True),
        sa.Column("alias", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        _of_version(),
    )


def _run_id() -> sa.Column[str]:
    referred = sa.ForeignKey("run.id", ondelete="CASCADE")
    return sa.Column("run_id", sa.Text, referred, primary_key=True)


def _of_version() -> sa.ForeignKeyConstraint:
    version = ["model_version.model", "model_version.number"]
    return sa.ForeignKeyConstraint(["model", "number"], version, ondelete="CASCADE")
