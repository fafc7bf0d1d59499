"""A PostgreSQL server to throw away, for the tests and for the programs beside this one.

Knows how a server is installed, started, killed and removed, and what a registry's database is;
nothing of what is tested with it.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from textgen_registry import Registry


def what_is_missing():
    """Return why no server can be started here, in words; empty where one can."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    return "" if _programs() else "PostgreSQL is not installed: no initdb is found"


@contextmanager
def thrown_away():
    """Start a server, and remove it with all that it holds at the end."""
    # A socket's path must be short, and the server's user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="textgen-postgresql-", dir="/tmp"))
    try:
        with Cluster(folder, _programs()[0]) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """A PostgreSQL server of our own, on a Unix socket and, with a password, on loopback.

    It runs as the user postgres where the tests run as root, whom it refuses.
    """

    password = "correct horse"

    def __init__(self, folder, programs):
        self.folder = folder
        self.port = _free_port()
        self._programs = programs
        self._names = (f"registry_{number}" for number in itertools.count())
        (folder / "password").write_text(self.password)
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        how = "--username=postgres --encoding=UTF8 --locale=C.UTF-8 --no-sync"
        trust = "--auth-local=trust --auth-host=scram-sha-256"
        words = f"{how} {trust} --pwfile={folder / 'password'} -D {self._data}".split()
        self._run("initdb", *words)

    def __enter__(self):
        self.start()
        self.sql("CREATE DATABASE template")
        template = Registry(self.url("template"), artifacts=self.folder / "template-files")
        template.database.write(lambda connection: None)
        return self

    def __exit__(self, *_):
        self.stop("immediate")

    @property
    def _data(self):
        return self.folder / "data"

    def url(self, database, user="postgres"):
        """Return the URL of a database, by the socket."""
        where = f"host={self.folder}&port={self.port}"
        return f"postgresql+psycopg://{user}@/{database}?{where}"

    def loopback(self, database, *, user="postgres", password=password, port=None):
        """Return the URL of a database, by TCP."""
        said = "" if password is None else f":{password.replace(' ', '%20')}"
        port = port or self.port
        return f"postgresql+psycopg://{user}{said}@127.0.0.1:{port}/{database}"

    def empty_database(self):
        """Make a database without tables; return its URL."""
        return self._copy("template1")

    def new_database(self):
        """Make a database that holds a registry without runs; return its URL."""
        url = self._copy("template")
        files = self.folder / f"{database_of(url)}-files"
        files.mkdir()
        self.sql(f"UPDATE property SET value = '{files}' WHERE name = 'artifacts'", url)
        return url

    def _copy(self, template):
        name = next(self._names)
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop_database(self, url):
        """Remove a database, whoever is connected to it."""
        self.sql(f"DROP DATABASE {database_of(url)} WITH (FORCE)")

    def sql(self, statement, url=None):
        """Carry out one statement, as the superuser; return its rows, if it has any."""
        import psycopg

        url = (url or self.url("postgres")).replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def start(self):
        """Start the server; where it was killed, once what is left of it has gone."""
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
            " -c fsync=on -c shared_buffers=16MB"
            # After a crash: not file by file, of which all the tests' databases have ten thousand.
            " -c recovery_init_sync_method=syncfs"
        )
        log = self.folder / "log"
        for _ in range(20):
            try:
                return self._run(
                    "pg_ctl", "start", "-w", "-D", self._data, "-l", log, "-o", options
                )
            except RuntimeError:
                time.sleep(0.2)
        raise RuntimeError(log.read_text())

    def stop(self, how):
        """Stop the server: fast or immediate."""
        self._run("pg_ctl", "stop", "-m", how, "-w", "-D", self._data)

    def kill(self):
        """Kill the server's first process, as if the machine's memory had run out."""
        os.kill(int((self._data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def _run(self, program, *arguments):
        words = [str(self._programs / program), *map(str, arguments)]
        done = subprocess.run(
            words,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout}")


def database_of(url):
    """Return the name of the database that a URL of `Cluster` names."""
    return url.partition("?")[0].rpartition("/")[2]


def _programs():
    """Return the folders in which a server's programs are."""
    installed = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), shutil.which("initdb")]
    return [Path(program).parent for program in installed if program]


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
