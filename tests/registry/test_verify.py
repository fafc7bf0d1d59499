"""Verification: what is damaged is named, all of it and nothing else."""

from __future__ import annotations

import shutil
import sqlite3

import pytest
from sqlalchemy import insert

from textgen.errors import RegistryError
from textgen.files import sha256_of
from textgen_registry import Registry, verify
from textgen_registry.artifacts.objects import ObjectStore
from textgen_registry.database import schema


@pytest.fixture
def path_of(registry):
    """Return where the object of some contents is."""
    return lambda data: ObjectStore(registry.location.path / "objects").path(sha256_of(data))


@pytest.fixture
def two(registry, make_run):
    """Two runs that share a file."""
    runs = [make_run(name) for name in ("alice", "emma")]
    for run in runs:
        registry.put_artifacts(run.id, {"own": run.name.encode(), "shared": b"same"})
    return runs


def test_a_sound_registry_is_read_whole_each_object_once(registry, two):
    seen = []
    found = verify(registry, watch=lambda done, total: seen.append((done, total)))
    assert found.is_sound
    assert (found.files, found.objects, found.size) == (4, 3, 13)
    assert (found.damaged, found.database, found.unnamed) == ((), (), ())
    assert [total for _, total in seen] == [13] * 4
    done = [done for done, _ in seen]
    assert (done, done[0], done[-1]) == (sorted(done), 0, 13)


def test_damaged_and_missing_files_are_all_named_with_everybody_who_needs_them(
    registry, two, path_of
):
    alice, emma = two
    path_of(b"same").write_bytes(b"sama")
    path_of(b"emma").unlink()
    found = verify(registry)
    assert not found.is_sound
    changed, missing = sorted(found.damaged, key=lambda item: item.found is None)
    assert (changed.place, changed.expected) == (str(path_of(b"same")), sha256_of(b"same"))
    assert changed.found == sha256_of(b"sama")
    assert [(file.run_id, file.name, file.file) for file in changed.files] == [
        (run.id, run.name, "shared") for run in (alice, emma)
    ]
    assert (missing.found, missing.problem) == (None, "the file is missing")
    assert [(file.run_id, file.file) for file in missing.files] == [(emma.id, "own")]


def test_a_half_copied_folder_is_named_in_one_go(registry, make_run):
    run = make_run()
    files = {f"file-{number}": b"%d" % number for number in range(40)}
    registry.put_artifacts(run.id, files)
    folders = sorted((registry.location.path / "objects" / "sha256").iterdir())
    for folder in folders[::2]:
        shutil.rmtree(folder)
    lost = {folder.name for folder in folders[::2]}
    found = verify(registry)
    expected = {sha256_of(data) for data in files.values() if sha256_of(data)[:2] in lost}
    assert {item.expected for item in found.damaged} == expected
    assert (found.files, 0 < len(expected) < 40) == (40, True)


def test_one_that_cannot_be_read_is_told_and_the_others_are_read(registry, two, path_of):
    path_of(b"alice").unlink()
    path_of(b"alice").mkdir()
    path_of(b"emma").unlink()
    problems = {item.expected: item.problem for item in verify(registry).damaged}
    assert set(problems) == {sha256_of(b"alice"), sha256_of(b"emma")}
    assert str(path_of(b"alice")) in problems[sha256_of(b"alice")]


def test_files_of_the_trash_and_of_models_are_verified_too(registry, two, path_of):
    alice, emma = two
    version = {"model": "best", "number": 3}
    more = {"author": "a@b", "created": 1, "step": 1, "summary": {}, "run_id": emma.id}
    pinned = {"name": "weights", "sha256": sha256_of(b"old"), "size": 3}

    def pin(connection):
        connection.execute(insert(schema.model).values(name="best", created=1, last_number=3))
        connection.execute(insert(schema.model_version).values(**version, **more))
        connection.execute(insert(schema.model_file).values(**version, **pinned))

    registry.database.write(pin)
    registry.delete_run(alice.id)
    path_of(b"alice").unlink()
    named = {item.expected: item.files for item in verify(registry).damaged}
    assert set(named) == {sha256_of(b"alice"), sha256_of(b"old")}
    ((file),) = named[sha256_of(b"old")]
    assert (file.run_id, file.name, file.file) == (None, "best@3", "weights")
    assert verify(registry, [alice.id]).files == 2
    of_emma = verify(registry, [emma.id])
    assert (of_emma.files, [item.expected for item in of_emma.damaged]) == (3, [sha256_of(b"old")])


def test_files_that_nobody_names_are_told_and_are_no_damage(registry, two):
    sha256 = ObjectStore(registry.location.path / "objects").put(b"stray")
    (registry.location.path / "objects" / "sha256" / "notes.txt").write_text("a person's own")
    found = verify(registry)
    assert found.is_sound
    assert [(item.sha256, item.size) for item in found.unnamed] == [(sha256, 5)]
    assert abs(found.unnamed[0].modified - two[0].created) < 60e6
    assert verify(registry, [two[0].id]).unnamed == ()


def test_a_file_that_is_replaced_while_it_is_read_is_no_damage(registry, two, monkeypatch):
    check = ObjectStore.check

    def replaced_before(store, sha256):
        if sha256 == sha256_of(b"alice"):
            registry.put_artifacts(two[0].id, {"own": b"after"})
        return check(store, sha256)

    monkeypatch.setattr(ObjectStore, "check", replaced_before)
    assert verify(registry).is_sound


def test_rows_that_refer_to_none_are_told(registry, two):
    with sqlite3.connect(registry.location.path / "registry.sqlite") as connection:
        connection.execute("INSERT INTO tag (run_id, tag) VALUES ('nobody', 'a')")
    connection.close()
    found = verify(registry)
    assert found.database == ("table tag refers to a row of run that is not there",)
    assert not found.is_sound
    assert verify(registry, [two[0].id]).is_sound


def test_a_damaged_database_is_never_sound(registry, two):
    """Each page overwritten in turn: it is told as damage, or it cannot be read at all."""
    file = registry.location.path / "registry.sqlite"
    whole = file.read_bytes()
    size = int.from_bytes(whole[16:18], "big")
    told = 0
    for start in range(size, len(whole), size * 4):
        file.write_bytes(whole[:start] + b"\xa5" * size + whole[start + size :])
        try:
            told += not verify(Registry(registry.location.path)).is_sound
        except RegistryError as error:
            told += "registry" in str(error)
    assert told == len(range(size, len(whole), size * 4))


def test_a_registry_that_does_not_exist_is_sound_and_is_not_made(registry):
    found = verify(registry)
    assert (found.is_sound, found.files) == (True, 0)
    assert not registry.location.path.exists()
