"""How Alembic makes the migrations: in a transaction that is open already."""

from __future__ import annotations

from alembic import context

from textgen_registry.database import schema

context.configure(
    connection=context.config.attributes["connection"],
    version_table=schema.revision.name,
)
context.run_migrations()
