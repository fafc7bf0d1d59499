"""What a version of a named model keeps, and of which runs one is made."""

from __future__ import annotations

import pytest

from textgen.errors import (
    DamagedArtifactError,
    ModelNotFoundError,
    RegistryError,
    RunNotFoundError,
)
from textgen_registry import MetricPoint, VersionName, compare, find_trashed, remove_for_good
from textgen_registry.runs.changes import update_run

WEIGHTS = "last.safetensors"


def test_a_version_keeps_the_files_and_figures_that_its_run_had(
    registry, models, trained, checkpoint
):
    run = trained("alice", step=5, bits=1.5)
    version, is_new = models.register(run, "wonder")
    assert (str(version.name), is_new) == ("wonder@1", True)
    checkpoint(run, 9, bits=1.2)
    found = registry.find("wonder@1")
    assert (found.id, found.name, found.version) == (run.id, "alice", VersionName("wonder", 1))
    assert (found.step, found.bits_per_char, found.best_loss) == (5, 1.5, 0.75)
    assert found.summary == {"best_step": 5}
    assert registry.read_artifact(found, WEIGHTS) == b"5"
    assert registry.read_artifact(registry.find("alice"), WEIGHTS) == b"9"
    assert registry.artifacts(found) == list(version.files)
    assert registry.artifacts(found) != registry.artifacts(run.id)


def test_registering_stores_no_bytes_anew(models, trained, objects):
    run = trained()
    before = [(path, path.stat().st_mtime_ns) for path in objects()]
    models.register(run, "alice")
    assert [(path, path.stat().st_mtime_ns) for path in objects()] == before


def test_a_version_has_the_metrics_up_to_its_step_and_a_comparison_calls_it_by_its_name(
    registry, models, trained, checkpoint
):
    run = trained("alice", step=5)
    registry.add_metrics(run.id, [MetricPoint(5, 0.0, "train_loss", 3.0, 0)])
    models.register(run, "wonder")
    registry.add_metrics(run.id, [MetricPoint(9, 0.0, "train_loss", 1.0, 0)])
    checkpoint(run, 9)
    comparison = compare(registry, [registry.find("wonder@1"), registry.find("alice")])
    assert [row.name for row in comparison.runs] == ["wonder@1", "alice"]
    (losses,) = comparison.metrics
    assert losses.last == (3.0, 1.0)


def test_a_sample_that_a_run_wrote_after_it_had_gone_on_is_not_its_versions(
    registry, models, trained, checkpoint
):
    run = trained(step=5)
    models.register(run, "alice")
    registry.set_sample(run.id, "a", "by the version")
    assert registry.find("alice@1").sample_text == "by the version"
    checkpoint(run, 9)
    registry.set_sample(run.id, "a", "by the run")
    assert registry.find("alice@1").sample_text is None


def test_numbers_count_up_and_none_is_given_twice_whatever_is_deleted(models, trained):
    run = trained()
    assert [models.register(run, "alice", again=True).version.number for _ in range(3)] == [1, 2, 3]
    models.delete("alice", 3)
    assert models.register(run, "alice", again=True).version.number == 4
    models.delete("alice")
    assert models.all() == []
    assert models.register(run, "alice").version.number == 5
    assert models.register(run, "other").version.number == 1


def test_the_same_files_of_a_run_are_one_version_unless_another_is_asked_for(
    models, trained, checkpoint
):
    run = trained(step=1)
    first = models.register(run, "alice").version
    assert models.register(run, "alice") == (first, False)
    assert models.register(run, "alice", again=True).version.number == 2
    checkpoint(run, 2)
    assert models.register(run, "alice").version.number == 3
    checkpoint(run, 1)
    assert models.register(run, "alice").version.number == 2


def test_two_runs_with_equal_files_are_two_versions(models, trained):
    one, two = trained(), trained()
    assert models.register(one, "alice").version.number == 1
    assert models.register(two, "alice").version.number == 2


def test_a_version_is_registered_under_another_name_with_its_own_files(
    registry, models, trained, checkpoint
):
    run = trained(step=5)
    models.register(run, "alice")
    checkpoint(run, 9)
    models.register(registry.find("alice@1"), "production")
    assert registry.find("production@1").step == 5
    assert registry.read_artifact(registry.find("production@1"), WEIGHTS) == b"5"


def test_a_run_without_weights_is_refused_with_what_to_do(registry, models, make_run):
    run = make_run("empty")
    registry.put_artifacts(run.id, {"tokenizer.json": b"{}"})
    with pytest.raises(RegistryError, match="no weights to register") as refusal:
        models.register(run, "alice")
    assert f"`textgen runs show {run.id}`" in str(refusal.value)
    assert models.all() == []


def test_a_damaged_file_is_not_registered(models, trained, objects):
    run = trained()
    for path in objects():
        path.write_bytes(b"?")
    with pytest.raises(DamagedArtifactError):
        models.register(run, "alice")
    assert models.all() == []


def test_a_run_in_the_trash_is_not_registered_but_its_versions_still_work(
    registry, models, trained
):
    run = trained(step=5)
    models.register(run, "alice")
    registry.database.write(lambda connection: update_run(connection, run.id, deleted=1))
    with pytest.raises(RegistryError, match=f"textgen runs restore {run.id}"):
        models.register(run, "alice", again=True)
    assert registry.read_artifact(registry.find("alice@1"), WEIGHTS) == b"5"
    models.register(registry.find("alice@1"), "other")


def test_a_run_that_a_version_was_made_of_cannot_be_removed(registry, models, trained):
    run = trained()
    models.register(run, "alice")
    registry.release(run.id)
    registry.delete_run(run.id)
    trashed = find_trashed(registry, run.id)
    with pytest.raises(RegistryError, match="what alice@1 was made from"):
        remove_for_good(registry, trashed)
    assert registry.read_artifact(registry.find("alice@1"), WEIGHTS) == b"1"
    models.delete("alice", 1)
    remove_for_good(registry, trashed)


def test_a_run_that_is_gone_is_not_registered(registry, models, trained):
    run = trained()
    registry.release(run.id)
    registry.delete_run(run.id)
    remove_for_good(registry, find_trashed(registry, run.id))
    with pytest.raises(RunNotFoundError):
        models.register(run, "alice")


def test_a_deleted_version_takes_along_only_the_files_that_nothing_needs(
    registry, models, trained, checkpoint, objects
):
    run = trained(step=5)
    models.register(run, "alice")
    models.register(run, "other")
    checkpoint(run, 9)
    contents = {b"5", b"9", b"{}"}
    assert {path.read_bytes() for path in objects()} == contents
    models.delete("alice")
    assert {path.read_bytes() for path in objects()} == contents
    models.delete("other", 1)
    assert {path.read_bytes() for path in objects()} == {b"9", b"{}"}


def test_a_record_whose_version_was_deleted_since_gives_no_files_of_the_run(
    registry, models, trained
):
    models.register(trained(), "alice")
    stale = registry.find("alice@1")
    models.delete("alice", 1)
    for use in (registry.artifacts, lambda record: registry.read_artifact(record, WEIGHTS)):
        with pytest.raises(ModelNotFoundError, match=r"no version '1'.*It has no version"):
            use(stale)
