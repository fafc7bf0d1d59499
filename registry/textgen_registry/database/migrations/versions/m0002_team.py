"""Named models, notes, a trash, leases, a log of events; settings and figures to find runs by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from textgen_registry.database.column_types import Json, Real, Words
from textgen_registry.runs.flattening import Extent, setting_rows

revision = "0002"
down_revision = "0001"

_ROWS = 10_000


def upgrade() -> None:
    """Add what is new, and fill it from what is there."""
    property_ = op.create_table(
        "property",
        sa.Column("name", Words, primary_key=True),
        sa.Column("value", Words, nullable=False),
    )
    op.bulk_insert(property_, [{"name": "artifacts", "value": "objects"}])
    op.create_table("receipt", sa.Column("id", Words, primary_key=True))
    with op.batch_alter_table("run") as batch:
        batch.add_column(sa.Column("deleted", sa.BigInteger))
        batch.add_column(sa.Column("lease", Words))
    _add_what_runs_are_found_by()
    _add_notes_and_events()
    _add_models()
    op.execute("UPDATE schema_version SET version = 3")


def _add_what_runs_are_found_by() -> None:
    setting = op.create_table(
        "setting",
        _run_id(),
        sa.Column("key", Words, primary_key=True),
        sa.Column("text", Words, nullable=False),
        sa.Column("number", Real),
        sqlite_with_rowid=False,
    )
    figure = op.create_table(
        "figure",
        _run_id(),
        sa.Column("name", Words, primary_key=True),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("last", Real, nullable=False),
        sa.Column("lowest", Real),
        sa.Column("highest", Real),
        sqlite_with_rowid=False,
    )
    _fill_settings(setting)
    _fill_figures(figure)


def _fill_settings(setting: sa.Table) -> None:
    run = sa.table("run", sa.column("id", Words), sa.column("config", Json))
    connection = op.get_bind()
    for run_id, config in connection.execute(sa.select(run.c.id, run.c.config)).all():
        rows = [{"run_id": run_id, **row} for row in setting_rows(config)]
        if rows:
            connection.execute(sa.insert(setting), rows)


def _fill_figures(figure: sa.Table) -> None:
    metric = sa.table(
        "metric",
        sa.column("run_id", Words),
        sa.column("name", Words),
        sa.column("step", sa.BigInteger),
        sa.column("value", Real),
    )
    connection = op.get_bind()
    extents: dict[tuple[str, str], Extent] = {}
    points = sa.select(metric).order_by(metric.c.run_id, metric.c.name, metric.c.step)
    for run_id, name, step, value in connection.execute(points).yield_per(_ROWS):
        extents.setdefault((run_id, name), Extent()).take_all([(step, value)])
    rows: list[Mapping[str, Any]] = [
        {"run_id": run_id, "name": name, **vars(extent)}
        for (run_id, name), extent in extents.items()
    ]
    if rows:
        connection.execute(sa.insert(figure), rows)


def _add_notes_and_events() -> None:
    op.create_table(
        "pending_object",
        sa.Column("run_id", Words, primary_key=True),
        sa.Column("sha256", Words, primary_key=True),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Index("pending_object_by_sha256", "sha256"),
    )
    op.create_table(
        "note",
        sa.Column("id", Words, primary_key=True),
        sa.Column("run_id", Words, sa.ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("author", Words, nullable=False),
        sa.Column("text", Words, nullable=False),
        sa.Index("note_by_run", "run_id", "created"),
    )
    op.create_table(
        "event",
        sa.Column("id", Words, primary_key=True),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("author", Words, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("run_id", Words),
        sa.Column("model", Words),
        sa.Column("detail", Json, nullable=False),
        sa.Index("event_by_run", "run_id", "created"),
        sa.Index("event_by_model", "model", "created"),
    )


def _add_models() -> None:
    op.create_table(
        "model",
        sa.Column("name", Words, primary_key=True),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("last_number", sa.Integer, nullable=False),
    )
    op.create_table(
        "model_version",
        sa.Column(
            "model", Words, sa.ForeignKey("model.name", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("run_id", Words, sa.ForeignKey("run.id"), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("author", Words, nullable=False),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("best_loss", Real),
        sa.Column("bits_per_char", Real),
        sa.Column("summary", Json, nullable=False),
        sa.Index("model_version_by_run", "run_id"),
    )
    op.create_table(
        "model_file",
        sa.Column("model", Words, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", Words, primary_key=True),
        sa.Column("sha256", Words, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        _of_version(),
        sa.Index("model_file_by_sha256", "sha256"),
    )
    op.create_table(
        "alias",
        sa.Column("model", Words, primary_key=True),
        sa.Column("alias", Words, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        _of_version(),
    )


def _run_id() -> sa.Column[str]:
    referred = sa.ForeignKey("run.id", ondelete="CASCADE")
    return sa.Column("run_id", Words, referred, primary_key=True)


def _of_version() -> sa.ForeignKeyConstraint:
    version = ["model_version.model", "model_version.number"]
    return sa.ForeignKeyConstraint(["model", "number"], version, ondelete="CASCADE")
