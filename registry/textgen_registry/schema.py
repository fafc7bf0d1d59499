"""The registry's tables.

Knows column names and types, nothing of how they are used. Written so that another database than
SQLite could hold them: keys are made by the client, times are integers, nothing counts up by
itself. All times are microseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    insert,
)

from textgen_registry.column_types import Json, Real, Words

SCHEMA_VERSION = 2

metadata = MetaData()

schema_version = Table(
    "schema_version",
    metadata,
    Column("only", Integer, CheckConstraint("only = 1"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("source", Words, nullable=False),
    Column("tokenizer", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("sampler", Words, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("best_loss", Real),
    Column("bits_per_char", Real),
    Column("config", Json, nullable=False),
    Column("provenance", Json, nullable=False),
    Column("plan", Json, nullable=False),
    Column("summary", Json, nullable=False),
    Column("sample_prompt", Words),
    Column("sample_text", Words),
    Column("reason", Words),
    Index("run_by_created", "created", "id"),
    Index("run_by_name", "name"),
    Index("run_by_status", "status", "created"),
)


def _run_id() -> Column[str]:
    return Column("run_id", Words, ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)


session = Table(
    "session",
    metadata,
    _run_id(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("started", BigInteger, nullable=False),
    Column("first_step", BigInteger, nullable=False),
    Column("environment", Json, nullable=False),
    Column("parts", Json, nullable=False),
)

metric = Table(
    "metric",
    metadata,
    _run_id(),
    Column("name", Words, primary_key=True),
    Column("step", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", Real, nullable=False),
    Column("value", Real, nullable=False),
    Column("time", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

artifact = Table(
    "artifact",
    metadata,
    _run_id(),
    Column("name", Words, primary_key=True),
    Column("sha256", Words, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index("artifact_by_sha256", "sha256"),
)

tag = Table(
    "tag",
    metadata,
    _run_id(),
    Column("tag", Words, primary_key=True),
    Index("tag_by_tag", "tag"),
)


def create(connection: Connection) -> None:
    """Make every table in the connection's transaction, and write down the schema's version."""
    metadata.create_all(connection, checkfirst=False)
    connection.execute(insert(schema_version).values(only=1, version=SCHEMA_VERSION))
