"""`textgen runs migrate`: brings a registry's database up to date, because somebody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textgen.cli.params import JsonParam, RegistryParam
from textgen.cli.workspace import open_registry, tell

if TYPE_CHECKING:
    from textgen_registry.database.database import Migration


def migrate(registry: RegistryParam = None, json: JsonParam = False) -> None:
    """Bring a registry that an older textgen made up to date.

    A registry in a folder is brought up to date by whatever opens it. A PostgreSQL database is
    not, since others may use it with an older textgen, which can use it no more from then on.

    Example: textgen runs migrate --registry postgresql+psycopg://user@host/database
    """
    from textgen.cli.display import print_json

    records = open_registry(registry)
    done = records.database.migrate()
    tell(f"registry {records.location}: {_said(done)}")
    if json:
        print_json({"registry": str(records.location), **done._asdict()})


def _said(done: Migration) -> str:
    if done.before is None:
        return "there is nothing in it yet, so there is nothing to bring up to date."
    if done.before == done.after:
        return f"its schema, {done.after}, is up to date already."
    return f"its schema was {done.before} and is {done.after} now. All runs have been kept."
