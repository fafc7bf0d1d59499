"""Files of runs: stored once, checked when read, gone when nobody refers to them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from textgen.errors import DamagedArtifactError, RegistryError
from textgen.files import sha256_of
from textgen_registry import ArtifactRecord, find_trashed, remove_for_good
from textgen_registry.artifacts.objects import ObjectStore


@pytest.fixture
def power_cut(registry, monkeypatch):
    """Stops this process, as it were, when it comes to store the object of some contents."""

    def cut(contents):
        put = ObjectStore.put

        def stop(store, data):
            if data == contents:
                raise KeyboardInterrupt
            return put(store, data)

        monkeypatch.setattr(ObjectStore, "put", stop)

    return cut


@pytest.fixture
def remove(registry):
    """Removes a run for good."""

    def at_once(run):
        registry.release(run.id)
        registry.delete_run(run.id)
        remove_for_good(registry, find_trashed(registry, run.id))

    return at_once


TWO = {"first": b"first", "second": b"second"}


def test_files_come_back_as_they_were(registry, make_run):
    run = make_run()
    files = {"b.json": b"{}", "a.bin": bytes(range(256)) * 100, "empty": b""}
    registry.put_artifacts(run.id, files)
    assert {name: registry.read_artifact(run.id, name) for name in files} == files
    assert registry.artifacts(run.id) == [
        ArtifactRecord(name, sha256_of(files[name]), len(files[name])) for name in sorted(files)
    ]


def test_an_object_is_named_by_its_hash_in_a_folder_of_its_first_two_digits(registry, make_run):
    registry.put_artifacts(make_run().id, {"a": b"text"})
    sha256 = sha256_of(b"text")
    assert (
        registry.location.path / "objects" / "sha256" / sha256[:2] / sha256
    ).read_bytes() == b"text"


def test_equal_contents_are_stored_once_and_kept_until_the_last_reference(
    registry, make_run, objects, remove
):
    one, two = make_run(), make_run()
    registry.put_artifacts(one.id, {"a": b"same", "b": b"same"})
    registry.put_artifacts(two.id, {"a": b"same"})
    assert len(objects()) == 1
    registry.put_artifacts(one.id, {"a": b"other"})
    remove(one)
    assert registry.read_artifact(two.id, "a") == b"same"
    remove(two)
    assert objects() == []


def test_a_replaced_file_takes_its_object_along(registry, make_run, objects):
    run = make_run()
    for contents in (b"1", b"2", b"2"):
        registry.put_artifacts(run.id, {"last": contents, "kept": b"k"})
    assert sorted(path.read_bytes() for path in objects()) == [b"2", b"k"]
    assert registry.read_artifact(run.id, "last") == b"2"


def test_two_names_may_swap_their_contents(registry, make_run):
    run = make_run()
    registry.put_artifacts(run.id, {"a": b"1", "b": b"2"})
    registry.put_artifacts(run.id, {"a": b"2", "b": b"1"})
    assert registry.read_artifact(run.id, "a") + registry.read_artifact(run.id, "b") == b"21"


def test_no_files_to_put_change_nothing(registry, make_run):
    run = make_run()
    registry.put_artifacts(run.id, {"a": b"1"})
    registry.put_artifacts(run.id, {})
    assert registry.read_artifact(run.id, "a") == b"1"


def test_a_flipped_byte_is_noticed_naming_file_and_both_hashes(registry, make_run, objects):
    run = make_run()
    registry.put_artifacts(run.id, {"a": b"text"})
    (path,) = objects()
    path.write_bytes(b"texu")
    with pytest.raises(DamagedArtifactError) as refusal:
        registry.read_artifact(run.id, "a")
    for part in (str(path), sha256_of(b"text"), sha256_of(b"texu"), "backup"):
        assert part in str(refusal.value)


def test_a_missing_object_is_noticed(registry, make_run, objects):
    run = make_run()
    registry.put_artifacts(run.id, {"a": b"text"})
    (path,) = objects()
    path.unlink()
    with pytest.raises(DamagedArtifactError, match="missing"):
        registry.read_artifact(run.id, "a")
    registry.delete_run(run.id)


def test_storing_the_same_contents_again_mends_a_damaged_object(tmp_path):
    store = ObjectStore(tmp_path)
    sha256 = store.put(b"text")
    store.path(sha256).write_bytes(b"te")
    assert store.put(b"text") == sha256
    assert store.read(sha256) == b"text"


def test_an_intact_object_is_not_written_again(tmp_path):
    store = ObjectStore(tmp_path)
    path = store.path(store.put(b"text"))
    os.utime(path, ns=(1, 1))
    store.put(b"text")
    assert path.stat().st_mtime_ns == 1


def test_a_file_that_a_run_does_not_have_is_an_error_that_says_what_it_has(registry, make_run):
    run = make_run()
    with pytest.raises(RegistryError, match="no file 'best': it keeps none"):
        registry.read_artifact(run.id, "best")
    registry.put_artifacts(run.id, {"last": b"1", "tokenizer": b"2"})
    with pytest.raises(
        RegistryError, match="no file 'best': it has 'last', 'tokenizer'"
    ) as refusal:
        registry.read_artifact(run.id, "best")
    assert f"`textgen runs show {run.id}`" in str(refusal.value)


def test_a_crash_between_objects_and_rows_leaves_the_registry_as_it_was(
    registry, make_run, objects, power_cut
):
    run = make_run()
    registry.put_artifacts(run.id, {"first": b"before"})
    power_cut(b"second")
    with pytest.raises(KeyboardInterrupt):
        registry.put_artifacts(run.id, TWO)
    assert registry.read_artifact(run.id, "first") == b"before"
    assert [record.name for record in registry.artifacts(run.id)] == ["first"]
    registry.put_artifacts(run.id, {"first": b"first"})
    assert [path.read_bytes() for path in objects()] == [b"first"]


def test_a_crash_before_the_replaced_object_is_removed_loses_nothing(
    registry, make_run, monkeypatch
):
    run = make_run()
    registry.put_artifacts(run.id, {"a": b"before"})

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", stop)
        with pytest.raises(KeyboardInterrupt):
            registry.put_artifacts(run.id, {"a": b"after"})
    assert registry.read_artifact(run.id, "a") == b"after"


def figures(step, summary):
    return {"step": step, "summary": summary, "best_loss": None, "bits_per_char": None}


def test_a_checkpoint_is_its_files_and_its_figures(registry, make_run):
    run = make_run()
    registry.put_artifacts(run.id, {"tokenizer": b"t", "last": b"before"})
    registry.store_checkpoint(run.id, {"last": b"5", "best": b"5"}, **figures(5, {"seconds": 1}))
    assert [record.name for record in registry.artifacts(run.id)] == ["best", "last", "tokenizer"]
    assert registry.read_artifact(run.id, "last") == b"5"
    assert (registry.find(run.id).step, registry.find(run.id).summary) == (5, {"seconds": 1})


def test_figures_that_cannot_be_stored_leave_the_files_of_the_checkpoint_before(registry, make_run):
    run = make_run()
    registry.store_checkpoint(run.id, {"last": b"5"}, **figures(5, {}))
    with pytest.raises(RegistryError, match="not JSON serializable"):
        registry.store_checkpoint(run.id, {"last": b"6"}, **figures(6, {"seconds": object()}))
    assert registry.read_artifact(run.id, "last") == b"5"
    assert registry.find(run.id).step == 5


def test_files_that_cannot_be_stored_leave_the_figures_of_the_checkpoint_before(
    registry, make_run, power_cut
):
    run = make_run()
    registry.store_checkpoint(run.id, {"first": b"5"}, **figures(5, {}))
    power_cut(b"second")
    with pytest.raises(KeyboardInterrupt):
        registry.store_checkpoint(run.id, TWO, **figures(6, {}))
    assert registry.read_artifact(run.id, "first") == b"5"
    assert registry.find(run.id).step == 5
