"""The registry's tables.

Knows column names and types, nothing of how they are used. Portable: keys are made by the client,
times are integers, nothing counts up by itself. All times are microseconds since 1970-01-01 UTC.
A change here is a new migration in ``migrations/versions`` and one more of `REVISIONS`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    insert,
)

from textgen_registry.database.column_types import Json, Prose, Real, Words

# Each is made from the one before by a migration. Whatever else is found, a newer textgen made.
REVISIONS = ("0001", "0002")
FIRST_REVISION, REVISION = REVISIONS[0], REVISIONS[-1]

metadata = MetaData()

# Alembic writes down here which migrations have been made.
revision = Table("textgen_schema", metadata, Column("version_num", String(32), primary_key=True))

# What the first release looks at: it refuses a number above its own, and asks to be updated.
schema_version = Table(
    "schema_version",
    metadata,
    Column("only", Integer, CheckConstraint('"only" = 1'), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
FIRST_SCHEMA_VERSION = 2
LATER_SCHEMA_VERSION = 3

# What is true of the whole registry, such as where its files are.
property_ = Table(
    "property",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)

# Which transactions were committed, for a writer whose connection was lost at that moment.
receipt = Table("receipt", metadata, Column("id", Words, primary_key=True))

run = Table(
    "run",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("deleted", BigInteger),  # when it was put into the trash
    Column("lease", Words),  # a token that only who trains the run knows
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
    Column("sample_prompt", Prose),
    Column("sample_text", Prose),
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

# The configuration once more, under dotted keys, to find runs by.
setting = Table(
    "setting",
    metadata,
    _run_id(),
    Column("key", Words, primary_key=True),
    Column("text", Words, nullable=False),  # as it would be typed
    Column("number", Real),  # where it is one
    sqlite_with_rowid=False,
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

# What the points of a metric come to, to list and to find runs by. NaN counts in `last` alone.
figure = Table(
    "figure",
    metadata,
    _run_id(),
    Column("name", Words, primary_key=True),
    Column("step", BigInteger, nullable=False),
    Column("last", Real, nullable=False),
    Column("lowest", Real),
    Column("highest", Real),
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

# Objects that are being stored for a file whose row is yet to come: nobody may remove them. Whose
# they are is a run, or an import of runs that are not there yet; either is claimed while it lives.
pending_object = Table(
    "pending_object",
    metadata,
    Column("run_id", Words, primary_key=True),
    Column("sha256", Words, primary_key=True),
    Column("created", BigInteger, nullable=False),
    Index("pending_object_by_sha256", "sha256"),
)

tag = Table(
    "tag",
    metadata,
    _run_id(),
    Column("tag", Words, primary_key=True),
    Index("tag_by_tag", "tag"),
)

note = Table(
    "note",
    metadata,
    Column("id", Words, primary_key=True),
    Column("run_id", Words, ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("author", Words, nullable=False),
    Column("text", Prose, nullable=False),
    Index("note_by_run", "run_id", "created"),
)

model = Table(
    "model",
    metadata,
    Column("name", Words, primary_key=True),
    Column("created", BigInteger, nullable=False),
    Column("last_number", Integer, nullable=False),  # a number is never given twice
)

model_version = Table(
    "model_version",
    metadata,
    Column("model", Words, ForeignKey("model.name", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("run_id", Words, ForeignKey("run.id"), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("author", Words, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("best_loss", Real),
    Column("bits_per_char", Real),
    Column("summary", Json, nullable=False),
    Index("model_version_by_run", "run_id"),
)

# A version keeps the files that it was made of, whatever becomes of its run.
model_file = Table(
    "model_file",
    metadata,
    Column("model", Words, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Words, primary_key=True),
    Column("sha256", Words, nullable=False),
    Column("size", BigInteger, nullable=False),
    ForeignKeyConstraint(
        ["model", "number"], ["model_version.model", "model_version.number"], ondelete="CASCADE"
    ),
    Index("model_file_by_sha256", "sha256"),
)

alias = Table(
    "alias",
    metadata,
    Column("model", Words, primary_key=True),
    Column("alias", Words, primary_key=True),
    Column("number", Integer, nullable=False),
    ForeignKeyConstraint(
        ["model", "number"], ["model_version.model", "model_version.number"], ondelete="CASCADE"
    ),
)

# What was done, by whom and when. Rows are added and never changed, and outlive what they tell of.
event = Table(
    "event",
    metadata,
    Column("id", Words, primary_key=True),
    Column("created", BigInteger, nullable=False),
    Column("author", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("run_id", Words),
    Column("model", Words),
    Column("detail", Json, nullable=False),
    Index("event_by_run", "run_id", "created"),
    Index("event_by_model", "model", "created"),
)


def create(connection: Connection) -> None:
    """Make every table in the connection's transaction, and write down the schema's revision."""
    metadata.create_all(connection, checkfirst=False)
    connection.execute(insert(revision).values(version_num=REVISION))
    connection.execute(insert(schema_version).values(only=1, version=LATER_SCHEMA_VERSION))
