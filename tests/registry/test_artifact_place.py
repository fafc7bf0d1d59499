"""Where a registry's files are is decided when it is made, and the same for everybody."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from textgen.errors import RegistryError, UsageError
from textgen.files import sha256_of
from textgen_registry import Registry


def test_a_registry_in_a_folder_can_be_moved_with_its_files(tmp_path, make_run):
    registry = Registry(tmp_path / "here")
    run = make_run(into=registry)
    registry.put_artifacts(run.id, {"a": b"text"})
    (tmp_path / "here").rename(tmp_path / "there")
    moved = Registry(tmp_path / "there")
    assert moved.read_artifact(run.id, "a") == b"text"
    assert str(tmp_path / "there" / "objects") in moved.files.objects.where(sha256_of(b"text"))


def test_another_folder_is_used_by_everybody_who_opens_the_registry(any_place, make_run, tmp_path):
    registry = Registry(any_place, artifacts=tmp_path / "files")
    run = make_run(into=registry)
    registry.put_artifacts(run.id, {"a": b"text"})
    other = Registry(any_place)
    assert other.read_artifact(run.id, "a") == b"text"
    assert other.files.objects.where(sha256_of(b"text")).startswith(str(tmp_path / "files"))
    assert [(item.sha256, item.size) for item in other.files.objects.stored()] == [
        (sha256_of(b"text"), 4)
    ]


def test_a_different_place_said_later_is_refused_naming_both(any_place, make_run, tmp_path):
    run = make_run(into=Registry(any_place, artifacts=tmp_path / "one"))
    other = Registry(any_place, artifacts=tmp_path / "two")
    for attempt in (
        lambda: make_run(into=other),
        lambda: other.check_new_run(name=None),
        lambda: other.files.objects,
    ):
        with pytest.raises(UsageError) as refusal:
            attempt()
        assert str(tmp_path / "one") in str(refusal.value)
        assert str(tmp_path / "two") in str(refusal.value)
    assert [row.id for row in other.runs()] == [run.id]


def test_the_same_place_may_be_said_again_in_other_words(tmp_path, make_run, monkeypatch):
    registry = Registry(tmp_path / "registry", artifacts=tmp_path / "registry" / "objects")
    make_run(into=registry)
    monkeypatch.chdir(tmp_path)
    make_run(into=Registry("registry", artifacts="registry/objects"))
    make_run(into=Registry("registry"))


def test_a_server_keeps_files_in_a_new_folder_of_the_users_own(postgresql, make_run, data_folder):
    folders = set()
    for _ in range(2):
        url = postgresql.empty_database()
        run = make_run(into=(registry := Registry(url)))
        registry.put_artifacts(run.id, {"a": b"text"})
        where = Path(Registry(url).files.objects.where(sha256_of(b"text")))
        assert data_folder / "textgen" / "artifacts" in where.parents
        folders.add(where)
    assert len(folders) == 2


def test_on_another_machine_it_says_which_folder_the_files_are_in(
    postgresql, make_run, data_folder
):
    url = postgresql.empty_database()
    registry = Registry(url)
    run = make_run(into=registry)
    registry.put_artifacts(run.id, {"a": b"text"})
    shutil.rmtree(data_folder)
    other = Registry(url)
    assert [item.name for item in other.artifacts(run.id)] == ["a"]
    for attempt in (
        lambda: other.read_artifact(run.id, "a"),
        lambda: registry.put_artifacts(run.id, {"a": b"text"}),
    ):
        with pytest.raises(RegistryError, match=f"{data_folder}.*not on this machine.*s3://"):
            attempt()
    assert not data_folder.exists()


@pytest.mark.parametrize("said", ["gs://bucket", "http://host/x", "postgresql://me:secret@host/x"])
def test_a_place_that_is_neither_folder_nor_bucket_is_refused(said, tmp_path):
    with pytest.raises(UsageError, match="s3://bucket/prefix") as refusal:
        Registry(tmp_path, artifacts=said)
    assert "secret" not in str(refusal.value)
