"""A registry in a folder of its own, and runs in it; a PostgreSQL server to throw away."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from textgen_registry import Registry

SETTINGS = {
    "source": "gutenberg:alice",
    "tokenizer": "char",
    "model": "lstm-stacked",
    "sampler": "stateful",
    "config": {"model": {"hidden_size": 256}},
    "parts": {"model": {"name": "lstm-stacked", "package": "textgen-framework", "version": "0.1"}},
    "provenance": {"locator": "gutenberg:alice", "sha256_text": "aa"},
    "environment": {"python": "3.11", "torch": "2.6"},
    "plan": {"steps": 100},
}


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    """The user's data folder, where the files of a registry on a server go by default."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "registry")


@pytest.fixture
def make_run(registry):
    def make(name=None, *, into=registry, **changed):
        return into.create_run(name=name, **{**SETTINGS, **changed})

    return make


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
        files = self.folder / f"{url.partition('?')[0].rpartition('/')[2]}-files"
        files.mkdir()
        self.sql(f"UPDATE property SET value = '{files}' WHERE name = 'artifacts'", url)
        return url

    def _copy(self, template):
        name = next(self._names)
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

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


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server that is thrown away, as safe against a crash as any."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    installed = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), shutil.which("initdb")]
    programs = [Path(program).parent for program in installed if program]
    if not programs:
        pytest.skip("PostgreSQL is not installed: no initdb is found")
    # A socket's path must be short, and the server's user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="textgen-postgresql-", dir="/tmp"))
    try:
        with Cluster(folder, programs[0]) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def any_place(request, tmp_path):
    """Where there is no registry yet: a folder, a database without tables."""
    if request.param == "sqlite":
        return tmp_path / "registry"
    return request.getfixturevalue("postgresql").empty_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_registry(request, tmp_path):
    """A registry without runs, in a folder or on a server."""
    if request.param == "sqlite":
        return Registry(tmp_path / "registry")
    return Registry(request.getfixturevalue("postgresql").new_database())


@pytest.fixture
def objects(registry):
    """Return the stored object files, whatever they are called."""

    def stored():
        return sorted(
            path for path in (registry.location.path / "objects").rglob("*") if path.is_file()
        )

    return stored
