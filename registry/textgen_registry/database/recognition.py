"""What a database holds: which schema of a registry, none yet, or something else.

Reads no more than the names of tables and what a registry says of its own schema.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, inspect, select

from textgen.errors import RegistryError
from textgen_registry.database import schema
from textgen_registry.database.location import ELSEWHERE, Location
from textgen_registry.database.problems import registry_error

_NAMED = 4
_LONGEST_NAME = 30


def found_revision(connection: Connection, location: Location) -> str | None:
    """Return the revision of the schema that is there, or None where there are no tables.

    Args:
        connection: A transaction on the database.
        location: Where it is, for messages.

    Raises:
        RegistryError: The database is another program's, or its schema is one that this textgen
            does not read.
    """
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if schema.revision.name in tables:
        return _known(connection.scalar(select(schema.revision.c.version_num)), location)
    version = _version(connection, tables)
    if version == schema.FIRST_SCHEMA_VERSION:
        return schema.FIRST_REVISION
    if version is not None and version < schema.FIRST_SCHEMA_VERSION:
        raise _too_old(version, location)
    raise _of_another_program(tables, location)


def _version(connection: Connection, tables: Sequence[str]) -> int | None:
    """Return what a registry without a revision says of its schema; None where it says nothing."""
    table = schema.schema_version
    if table.name not in tables:
        return None
    columns = {column["name"] for column in inspect(connection).get_columns(table.name)}
    if not columns >= set(table.columns.keys()):
        return None
    version: object = connection.scalar(select(table.c.version))
    return version if isinstance(version, int) else None  # SQLite keeps any type in any column


def _known(revision: str | None, location: Location) -> str:
    if revision in schema.REVISIONS:
        return revision
    if revision is None:
        raise registry_error(
            location,
            "its database is damaged: it does not say which schema it has",
            f"Restore {location} from a backup, or {ELSEWHERE}.",
        )
    raise registry_error(
        location,
        f"its database has schema {revision}, "
        f"and this textgen reads schemas up to {schema.REVISION}",
        f"Update textgen-framework, or {ELSEWHERE}.",
    )


def _too_old(version: int, location: Location) -> RegistryError:
    return registry_error(
        location,
        f"its database has schema version {version}, and this textgen reads none before "
        f"{schema.FIRST_SCHEMA_VERSION}, the first that was released",
        "Keep it for the textgen that made it, which alone can read its runs: move it away, or "
        f"{ELSEWHERE}.",
    )


def _of_another_program(tables: Sequence[str], location: Location) -> RegistryError:
    names = ", ".join(repr(name[:_LONGEST_NAME]) for name in sorted(tables)[:_NAMED])
    more = f" and {len(tables) - _NAMED:,} more" if len(tables) > _NAMED else ""
    return registry_error(
        location,
        f"this is not a textgen registry: its tables ({names}{more}) are another program's",
        f"Leave it to that program: {ELSEWHERE}.",
    )
