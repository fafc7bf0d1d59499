"""Brings an old schema up to date, by Alembic.

Apart, because Alembic takes longer to import than a list of runs takes to print.
"""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from textgen.errors import RegistryError
from textgen_registry.database import schema

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Make all migrations that are yet to be made, in the connection's transaction.

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
    _require_sound(connection)


def _require_sound(connection: Connection) -> None:
    """Refuse rows that refer to none: SQLite does not look while a table is made anew."""
    if connection.dialect.name != "sqlite":
        return
    astray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if astray is not None:
        raise RegistryError(f"table {astray[0]} refers to a row of {astray[2]} that is not there")
