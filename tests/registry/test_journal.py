"""The journal is one that the SQLite library keeps without fault, whichever library comes next."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest

from textgen.errors import RegistryError
from textgen_registry import Registry
from textgen_registry.database import journal
from textgen_registry.database.journal import wal_is_safe

OLDER, NEWER = (3, 40, 1), (3, 51, 3)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 44, 9), True),
        ((3, 45, 0), False),
        ((3, 45, 9), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_a_write_ahead_log_is_used_from_the_corrected_releases_on(version, safe):
    assert wal_is_safe(version) is safe


@pytest.fixture
def library(monkeypatch):
    """Makes the registry take the SQLite library for another."""

    def become(version):
        monkeypatch.setattr(sqlite3, "sqlite_version_info", version)

    return become


def mode(registry):
    """Return the journal mode, as the file says it."""
    version = (registry.location.path / "registry.sqlite").read_bytes()[18:20]
    return {b"\x01\x01": "rollback", b"\x02\x02": "log"}[version]


def test_an_older_library_makes_a_registry_with_a_rollback_journal(registry, make_run, library):
    library(OLDER)
    make_run()
    assert mode(registry) == "rollback"


def test_a_newer_library_makes_one_with_a_log_whose_readers_do_not_wait(
    registry, make_run, library
):
    library(NEWER)
    make_run("first")

    def write_and_read(connection):
        connection.exec_driver_sql("UPDATE run SET name = 'second'")
        return Registry(registry.location.path).runs()[0].name

    assert registry.database.write(write_and_read) == "first"
    assert registry.runs()[0].name == "second"
    assert mode(registry) == "log"


def test_what_a_killed_process_left_in_a_log_is_read_by_an_older_library(
    registry, make_run, library
):
    library(NEWER)
    run = make_run("before")
    script = f"""
import os, signal, sqlite3
connection = sqlite3.connect({str(registry.location.path / "registry.sqlite")!r})
connection.execute("UPDATE run SET name = 'in the log'")
connection.commit()
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], check=False)
    log = registry.location.path / "registry.sqlite-wal"
    assert log.stat().st_size > 0
    library(OLDER)
    assert registry.runs()[0].name == "in the log"
    assert mode(registry) == "rollback"
    assert not log.exists()
    library(NEWER)
    make_run()
    assert registry.find(run.id).name == "in the log"
    assert mode(registry) == "rollback"


def test_an_older_library_waits_until_nobody_has_the_log_open(
    registry, make_run, library, monkeypatch
):
    library(NEWER)
    make_run("first")
    newer = sqlite3.connect(registry.location.path / "registry.sqlite", check_same_thread=False)
    newer.execute("SELECT * FROM run").fetchall()
    library(OLDER)
    monkeypatch.setattr(journal, "PATIENCE_SECONDS", 0.1)
    with pytest.raises(RegistryError, match="locked"):
        registry.runs()
    monkeypatch.undo()
    library(OLDER)
    monkeypatch.setattr(journal.time, "sleep", lambda _: newer.close())
    assert [row.name for row in registry.runs()] == ["first"]
    assert mode(registry) == "rollback"


@pytest.mark.parametrize("reading", [OLDER, NEWER])
def test_a_log_in_a_read_only_folder_can_be_read_and_not_written(
    make_run, library, reading, public_folder, without_rights
):
    library(NEWER)
    make_run("kept", into=Registry(public_folder))
    public_folder.chmod(0o555)
    library(reading)
    reader = Registry(public_folder)
    with without_rights():
        (row,) = reader.runs()
        assert (row.name, row.status) == ("kept", "running")
        with pytest.raises(RegistryError, match="cannot be opened or written"):
            reader.database.write(lambda c: c.exec_driver_sql("DELETE FROM run"))
    assert mode(reader) == "log"
