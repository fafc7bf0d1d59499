"""How the database is opened: what is promised to writers, and that nothing is left open."""

from __future__ import annotations

import sqlite3

import pytest

from textgen.errors import RegistryError, RunNotFoundError
from textgen_registry.database import sqlite


def pragma(connection, name):
    return connection.exec_driver_sql(f"pragma {name}").scalar_one()


def test_writes_are_fully_synced_with_a_rollback_journal_and_foreign_keys(registry, make_run):
    make_run()
    with registry.database.backend.writing.begin() as connection:
        assert pragma(connection, "synchronous") == 2
        assert pragma(connection, "journal_mode") == "delete"
        assert pragma(connection, "foreign_keys") == 1
        assert pragma(connection, "busy_timeout") == 30_000


def test_a_writer_holds_the_lock_from_the_beginning(registry, make_run, monkeypatch):
    make_run()
    monkeypatch.setattr(sqlite, "PATIENCE_SECONDS", 0.01)
    other = sqlite3.connect(registry.location.path / "registry.sqlite", timeout=0.01)
    with (
        registry.database.backend.writing.begin(),
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("begin immediate")
    other.close()


def test_a_reader_sees_one_state_throughout(registry, make_run, monkeypatch):
    make_run()
    monkeypatch.setattr(sqlite, "PATIENCE_SECONDS", 0.01)
    with registry.database.backend.reading.begin() as connection:
        assert pragma(connection, "foreign_keys") == 1
        assert connection.in_transaction()
        assert connection.connection.dbapi_connection.in_transaction


def test_work_that_fails_stores_nothing(registry, make_run):
    run = make_run()

    def fail(connection):
        connection.exec_driver_sql("update run set name = 'half'")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        registry.database.write(fail)
    assert registry.find("latest") == run


def test_no_connection_stays_open_after_reads_writes_and_errors(registry, make_run, monkeypatch):
    opened = []
    connect = sqlite3.connect

    def remembered(*arguments, **options):
        opened.append(connect(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", remembered)
    assert registry.runs() == []
    run = make_run()
    registry.put_artifacts(run.id, {"a": b"1"})
    registry.read_artifact(run.id, "a")
    with pytest.raises(RunNotFoundError):
        registry.delete_run("nobody")
    (registry.location.path / "registry.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(RegistryError):
        registry.runs()
    assert len(opened) > 4
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("select 1")
