"""Where registries are tried: in folders, or in databases on a server that is thrown away.

Knows nothing of what is done there.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from cluster import database_of, thrown_away, what_is_missing

from textgen_registry import Registry

DATABASES = ["sqlite", "postgresql"]
WORKER = "textgen-worker"  # what a process calls itself whose death a server has to notice


@contextmanager
def places(database):
    """Yield what makes a place for a registry, by the name of the place.

    Args:
        database: One of `DATABASES`.
    """
    with tempfile.TemporaryDirectory() as folder:
        if database == "sqlite":
            yield lambda name: Folder(Path(folder) / name)
        elif missing := what_is_missing():
            sys.exit(f"no PostgreSQL server can be started: {missing}")
        else:
            with thrown_away() as cluster:
                yield lambda name: OnServer(Path(folder) / name, cluster)


class Folder:
    """A place in a folder.

    Attributes:
        folder: The place's own, for whatever else is needed there.
        shared: The folder that holds it and all others.
        registry: Where its registry is, or will be.
    """

    def __init__(self, folder):
        self.folder, self.shared = folder, folder.parent
        self.registry = folder / "registry"
        folder.mkdir()

    def open(self):
        """Return its registry."""
        return Registry(self.registry)

    def fill(self, name, make):
        """Begin with the registry that ``make`` leaves: made once, and then copied by its name."""
        kept = self.shared / name
        if kept.exists():
            shutil.copytree(kept, self.registry)
        else:
            make(self)
            shutil.copytree(self.registry, kept)

    def settle(self):
        """Wait until what a dead process held is let go of: here it is, at once."""

    def remove(self):
        """Remove all that is there."""
        shutil.rmtree(self.folder)


class OnServer(Folder):
    """A database of its own, without tables at first; files of its runs go to the folder.

    Attributes:
        cluster: The server.
    """

    def __init__(self, folder, cluster):
        super().__init__(folder)
        self.cluster = cluster
        self.registry = cluster.empty_database()
        os.environ["XDG_DATA_HOME"] = str(folder)  # read by whoever makes the registry

    def fill(self, name, make):
        """Make the registry anew: files of its runs would not be copied with a database."""
        make(self)

    def settle(self):
        """Wait until the server has noticed that a worker is dead, and has ended what it did."""
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND application_name"
        left = f"{count.format(database_of(self.registry))} = '{WORKER}'"
        while self.cluster.sql(left) != [(0,)]:
            time.sleep(0.01)

    def remove(self):
        """Remove the database and the folder."""
        self.cluster.drop_database(self.registry)
        super().remove()
