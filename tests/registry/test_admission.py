"""A run that could not be recorded is refused beforehand, and looking makes nothing."""

from __future__ import annotations

import sqlite3

import pytest

from textgen.errors import RegistryError, UsageError
from textgen_registry import Registry


def test_where_a_run_could_be_recorded_nothing_is_made(tmp_path):
    for folder in (tmp_path / "a" / "b", tmp_path):
        Registry(folder).check_new_run(name="first", tags=["a"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "tags", "named"),
    [("latest", [], "latest"), (None, [" "], "tag"), ("first", [], "taken")],
)
def test_what_create_run_refuses_is_refused_beforehand_in_the_same_words(
    registry, make_run, name, tags, named
):
    make_run("first")
    with pytest.raises(UsageError, match=named) as beforehand:
        registry.check_new_run(name=name, tags=tags)
    with pytest.raises(UsageError) as refusal:
        make_run(name, tags=tags)
    assert str(beforehand.value) == str(refusal.value)


def test_a_folder_that_cannot_be_made_is_told_with_what_is_in_its_way(tmp_path):
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "a" / "b"
    with pytest.raises(RegistryError, match="nothing can be made in") as refusal:
        Registry(folder).check_new_run(name=None)
    message = str(refusal.value)
    assert message.startswith(f"registry {folder}: ")
    assert f"{tmp_path / 'file'} (Not a directory)" in message


def test_another_programs_database_is_refused_and_left_alone(registry):
    registry.location.path.mkdir()
    file = registry.location.path / "registry.sqlite"
    connection = sqlite3.connect(file)
    connection.execute("create table recipes (name)")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(RegistryError, match="not a textgen registry"):
        registry.check_new_run(name=None)
    assert file.read_bytes() == before


def test_a_registry_of_runs_is_left_as_it_was(registry, make_run):
    make_run("first")
    file = registry.location.path / "registry.sqlite"
    before = file.read_bytes()
    registry.check_new_run(name="second", tags=["a"])
    assert file.read_bytes() == before
    assert [row.name for row in registry.runs()] == ["first"]
