"""How Alembic makes the migrations: in a transaction that is open already."""

from __future__ import annotations

from alembic import context

from textgen_registry.database import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    version_table=schema.revision.name,
    render_as_batch=True,
)
context.run_migrations()
