"""A scenario that brings a registry of the first release up to date."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from checks import Broken
from scenario import Scenario

FIRST_RELEASE = Path(__file__).parents[1] / "registry" / "first_release"
COPIES = 100
KEYS = {"run": "id", **dict.fromkeys(["session", "metric", "artifact", "tag"], "run_id")}


class Migration(Scenario):
    """The first look at a registry of the first release, of which there is none on a server."""

    name = "migration"
    databases = ("sqlite",)

    def prepare(self, place):
        import textgen_registry.database.migrating  # noqa: F401

        shutil.copytree(_large(place), place.registry)

    def work(self, place, acknowledge):
        place.open().runs()

    def stored(self, place):
        return {path.name: path.read_bytes() for path in place.registry.glob("registry*")}

    def go_on(self, place, whole):
        # As text, in which NaN equals NaN.
        if repr(place.open().runs()) != repr(whole.open().runs()):
            raise Broken("the runs are not those that were there")
        return False


def _large(place):
    """Return a folder with a registry of many runs, which is made once for all places."""
    folder = place.shared / "first-release"
    if not folder.exists():
        shutil.copytree(FIRST_RELEASE, folder)
        with closing(sqlite3.connect(folder / "registry.sqlite")) as connection:
            for table, key in KEYS.items():
                _multiply(connection, table, key)
            connection.commit()
    return folder


def _multiply(connection, table, key):
    """Add copies of a table's rows, each with an id of its own."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    new = [f"printf('%.12s%04d', {key}, n)" if name == key else name for name in columns]
    connection.execute(
        f"WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies LIMIT {COPIES}) "
        f"INSERT INTO {table} SELECT {', '.join(new)} FROM {table}, copies"
    )
