"""Brings an old schema up to date, by Alembic.

Apart, because Alembic takes longer to import than a list of runs takes to print.
"""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from textgen_registry.database import schema
from textgen_registry.database.location import ELSEWHERE, Location
from textgen_registry.database.problems import registry_error

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, location: Location) -> None:
    """Make all migrations that are yet to be made, in the connection's transaction.

    Args:
        connection: A transaction in which foreign keys are not looked at.
        location: Where the registry is, for messages.

    Raises:
        RegistryError: A row would refer to one that is not there.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if schema.revision.name not in inspect(connection).get_table_names():
        command.stamp(config, schema.FIRST_REVISION)
    command.upgrade(config, schema.REVISION)
    _require_sound(connection, location)


def _require_sound(connection: Connection, location: Location) -> None:
    """Refuse rows that refer to none: SQLite does not look while a table is made anew."""
    if connection.dialect.name != "sqlite":
        return
    astray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if astray is not None:
        raise registry_error(
            location,
            f"its table {astray[0]} refers to a row of {astray[2]} that is not there",
            f"Restore {location} from a backup, or {ELSEWHERE}.",
        )
