"""What cannot be read or written is said in one message that names the registry and a way on."""

from __future__ import annotations

import errno
import os
import sqlite3

import pytest

from textgen.errors import RegistryError
from textgen_registry import Registry
from textgen_registry.database import schema, sqlite
from textgen_registry.database.problems import reported


def assert_helpful(message, path):
    """No message quotes SQL, Python or a link; each names the registry and a way on."""
    assert message.startswith(f"registry {path}: ")
    assert "--registry or TEXTGEN_REGISTRY" in message
    for trace in ("Traceback", "[SQL", "sqlalche.me", "sqlite3.", "Error)"):
        assert trace not in message


def change(registry, statement):
    """Change a registry's database behind its back."""
    registry.database.write(lambda connection: connection.exec_driver_sql(statement))


def refusals(registry, make_run):
    """Yield what reading, then writing, is answered with."""
    for attempt in (registry.runs, lambda: make_run(into=registry)):
        with pytest.raises(RegistryError) as refusal:
            attempt()
        assert_helpful(str(refusal.value), registry.location.path)
        yield str(refusal.value)


def test_a_file_that_is_no_database_is_refused_and_left_alone(registry, make_run):
    registry.location.path.mkdir()
    file = registry.location.path / "registry.sqlite"
    file.write_bytes(b"my shopping list\n" * 100)
    for message in refusals(registry, make_run):
        assert "is not a SQLite database" in message
    assert file.read_bytes() == b"my shopping list\n" * 100


def test_another_programs_database_is_refused_and_left_alone(registry, make_run):
    registry.location.path.mkdir()
    file = registry.location.path / "registry.sqlite"
    connection = sqlite3.connect(file)
    connection.execute("create table recipes (name)")
    connection.close()
    before = file.read_bytes()
    for message in refusals(registry, make_run):
        assert "not a textgen registry: its tables ('recipes') are another" in message
    assert file.read_bytes() == before


@pytest.mark.parametrize("statement", ["(only, version)", "(installed_rank, version)"])
def test_a_table_of_versions_that_is_another_programs_is_none_of_ours(
    registry, make_run, statement
):
    registry.location.path.mkdir()
    connection = sqlite3.connect(registry.location.path / "registry.sqlite")
    connection.execute(f"create table schema_version {statement}")
    for number in range(6):
        connection.execute(f"create table t{number}{'x' * 10_000} (name)")
    connection.close()
    for message in refusals(registry, make_run):
        assert "not a textgen registry" in message
        assert " and 3 more" in message
        assert len(message) < 1000


def test_a_version_that_is_no_number_is_none_of_ours(registry, make_run):
    registry.location.path.mkdir()
    connection = sqlite3.connect(registry.location.path / "registry.sqlite")
    connection.execute('create table schema_version ("only", version)')
    connection.execute("insert into schema_version values (1, '1.0')")
    connection.commit()
    connection.close()
    for message in refusals(registry, make_run):
        assert "not a textgen registry: its tables ('schema_version') are another" in message


def test_a_registry_that_has_lost_its_revision_is_damaged(registry, make_run):
    make_run()
    change(registry, "delete from textgen_schema")
    for message in refusals(registry, make_run):
        assert "does not say which schema it has. Restore" in message


def test_a_schema_older_than_any_release_is_refused_naming_both_versions(registry, make_run):
    registry.location.path.mkdir()
    file = registry.location.path / "registry.sqlite"
    connection = sqlite3.connect(file)
    connection.execute("create table schema_version (only integer, version integer)")
    connection.execute("insert into schema_version values (1, 1)")
    connection.commit()
    connection.close()
    before = file.read_bytes()
    for message in refusals(registry, make_run):
        assert "schema version 1" in message
        assert f"none before {schema.FIRST_SCHEMA_VERSION}" in message
        assert "move it away" in message
    assert file.read_bytes() == before


def test_a_newer_schema_is_refused_naming_both_versions(registry, make_run):
    make_run()
    change(registry, "update textgen_schema set version_num = '9999'")
    for message in refusals(registry, make_run):
        assert "schema 9999" in message
        assert f"up to {schema.REVISION}" in message
        assert "Update" in message


def test_a_damaged_database_is_reported(registry, make_run):
    for number in range(50):
        make_run(tags=[f"tag-{number}"])
    file = registry.location.path / "registry.sqlite"
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xa5" * len(data[4096:])
    file.write_bytes(data)
    for message in refusals(registry, make_run):
        assert "is damaged" in message


def test_damaged_json_in_a_run_is_reported(registry, make_run):
    run = make_run()
    change(registry, "update run set config = '{\"a\": '")
    with pytest.raises(RegistryError, match="is damaged"):
        registry.find(run.id)
    assert len(registry.runs()) == 1


def test_a_registry_below_a_file_cannot_be_made(tmp_path, make_run):
    (tmp_path / "file").write_text("")
    registry = Registry(tmp_path / "file" / "registry")
    with pytest.raises(RegistryError, match="Not a directory") as refusal:
        make_run(into=registry)
    assert_helpful(str(refusal.value), registry.location.path)


def test_a_file_in_the_place_of_the_folder_is_said_to_be_one(tmp_path, make_run):
    (tmp_path / "file").write_text("text")
    for message in refusals(Registry(tmp_path / "file"), make_run):
        assert "this is a file, not a folder" in message
    assert (tmp_path / "file").read_text() == "text"


def test_a_database_that_cannot_be_opened_is_reported(registry, make_run):
    (registry.location.path / "registry.sqlite").mkdir(parents=True)
    for message in refusals(registry, make_run):
        assert "cannot be opened or written" in message


def test_a_read_only_folder_can_be_read_and_refuses_writing(
    make_run, public_folder, without_rights
):
    registry = Registry(public_folder)
    run = make_run(into=registry)
    public_folder.chmod(0o555)
    with without_rights():
        assert registry.find("latest") == run
        with pytest.raises(RegistryError, match="permissions") as refusal:
            make_run(into=registry)
    assert_helpful(str(refusal.value), public_folder)


def test_objects_that_cannot_be_written_are_reported_and_no_row_is_left(registry, make_run):
    run = make_run()
    (registry.location.path / "objects").write_text("in the way")
    with pytest.raises(RegistryError, match="objects") as refusal:
        registry.put_artifacts(run.id, {"a": b"1"})
    assert_helpful(str(refusal.value), registry.location.path)
    assert registry.artifacts(run.id) == []


def test_a_registry_that_stays_locked_is_reported(registry, make_run, monkeypatch):
    make_run()
    monkeypatch.setattr(sqlite, "PATIENCE_SECONDS", 0.05)
    with (
        registry.database.backend.writing.begin(),
        pytest.raises(RegistryError, match="locked") as refusal,
    ):
        make_run()
    assert_helpful(str(refusal.value), registry.location.path)


def test_readers_do_not_wait_for_a_writer(registry, make_run, monkeypatch):
    make_run()
    monkeypatch.setattr(sqlite, "PATIENCE_SECONDS", 0.05)
    with registry.database.backend.writing.begin() as connection:
        connection.exec_driver_sql("update run set name = 'half'")
        assert registry.runs()[0].name == "alice-lstm-stacked"


def test_a_full_disk_is_reported_and_loses_nothing(registry, make_run):
    make_run()

    def write_past_the_last_page(connection):
        pages = connection.exec_driver_sql("pragma page_count").scalar_one()
        connection.exec_driver_sql(f"pragma max_page_count = {pages}")
        connection.exec_driver_sql("update run set sample_text = zeroblob(1000000)")

    with pytest.raises(RegistryError, match="disk is full") as refusal:
        registry.database.write(write_past_the_last_page)
    assert_helpful(str(refusal.value), registry.location.path)
    assert registry.runs()[0].name == "alice-lstm-stacked"
    assert registry.find("latest").sample_text is None


def test_a_full_disk_while_an_object_is_written_is_reported(tmp_path):
    with pytest.raises(RegistryError, match="disk is full"), reported(tmp_path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "object"))


def test_a_database_file_that_a_crash_left_empty_reads_as_empty_and_can_be_used(registry, make_run):
    registry.location.path.mkdir()
    (registry.location.path / "registry.sqlite").touch()
    assert registry.runs() == []
    make_run("first")
    assert [row.name for row in registry.runs()] == ["first"]
