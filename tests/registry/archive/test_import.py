"""An import brings all runs of an archive with all that is recorded of them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textgen.errors import RegistryError
from textgen_registry import MetricPoint, Registry
from textgen_registry.archive import export_runs, storing
from textgen_registry.database.schema import event, figure, pending_object, setting
from textgen_registry.runs.changes import remove_run, update_run

FIRST_RELEASE = Path(__file__).parents[1] / "first_release"


def outcomes(imported):
    return {run.name: run.outcome for run in imported}


def remove_for_good(registry, run_id):
    registry.database.write(lambda connection: remove_run(connection, run_id))


def test_a_run_is_as_it_was(
    other, registry, make_finished, archive_of, monkeypatch, import_file, rows_of
):
    monkeypatch.setattr(storing, "_POINTS_AT_ONCE", 2)  # figures are made of points in pieces
    run = make_finished("one", tags=["b", "a"])
    (imported,) = import_file(other, archive_of(run))
    assert (imported.id, imported.name, imported.outcome) == (run.id, "one", "imported")
    assert other.find("one") == run
    assert other.sessions(run.id) == registry.sessions(run.id)
    assert other.metrics(run.id) == registry.metrics(run.id)
    assert other.artifacts(run.id) == registry.artifacts(run.id)
    assert other.read_artifact(run.id, "own") == run.id.encode()
    for table in (figure, setting):
        assert rows_of(other, table) == rows_of(registry, table) != []
    assert rows_of(other, pending_object) == []


def test_a_registry_of_the_first_release_comes_through_unchanged(
    other, archive_of, tmp_path, import_file
):
    shutil.copytree(FIRST_RELEASE, tmp_path / "old")
    old = Registry(tmp_path / "old")
    path = archive_of(*old.runs(), of=old)
    import_file(other, path)
    assert archive_of(*old.runs(), of=other, name="again.zip").read_bytes() == path.read_bytes()
    for run in json.loads((FIRST_RELEASE / "expected.json").read_text()):
        found = other.find(run["id"])
        assert found.config == run["config"]
        assert found.sample_text == old.find(run["id"]).sample_text


ENDED = {"status": "finished", "step": 3, "reason": "", "bits_per_char": 2.0}
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
objects_of_plain = st.dictionaries(
    st.sampled_from(["$float", "model", "seed", "ü", "\udcff"]), plain, max_size=3
)
points = st.lists(
    st.tuples(st.sampled_from(["loss", "é", "Z", "a\nb"]), st.integers(0, 2**62), st.floats()),
    unique_by=lambda point: point[:2],
    max_size=6,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    config=objects_of_plain,
    summary=objects_of_plain,
    figures=points,
    sample=texts,
    files=st.dictionaries(texts, st.binary(max_size=20), max_size=3),
    loss=st.floats(),
)
def test_exporting_what_was_imported_gives_the_same_bytes(
    tmp_path, make_run, config, summary, figures, sample, files, loss, import_file
):
    one, two = (Registry(tmp_path / name) for name in ("one", "two"))
    for folder in ("one", "two"):
        shutil.rmtree(tmp_path / folder, ignore_errors=True)
    run = make_run(into=one, config=config)
    one.add_metrics(run.id, [MetricPoint(s, v, name, v, s % 10**9) for name, s, v in figures])
    one.put_artifacts(run.id, files)
    one.set_sample(run.id, sample, sample)
    one.finish_run(run.id, summary=summary, best_loss=loss, **ENDED)
    export_runs(one, [run.id], tmp_path / "one.zip", overwrite=True)
    import_file(two, tmp_path / "one.zip")
    export_runs(two, [run.id], tmp_path / "two.zip", overwrite=True)
    assert (tmp_path / "two.zip").read_bytes() == (tmp_path / "one.zip").read_bytes()
    assert outcomes(import_file(two, tmp_path / "one.zip")) == {run.name: "already there"}


def test_importing_twice_changes_nothing_and_says_so(
    other, make_finished, archive_of, import_file, dump
):
    path = archive_of(make_finished("one"), make_finished("two"))
    import_file(other, path)
    before = dump(other)
    assert outcomes(import_file(other, path)) == dict.fromkeys(("one", "two"), "already there")
    assert dump(other) == before


def test_what_was_said_of_a_run_since_is_kept(other, registry, make_run, archive_of, import_file):
    run = make_run("one")
    path = archive_of(run)
    import_file(other, path)
    connection = sqlite3.connect(other.location.path / "registry.sqlite")
    with connection:
        connection.execute("update run set name = 'better', deleted = 5")
        connection.execute("insert into tag values (?, 'mine')", [run.id])
    connection.close()
    (there,) = import_file(other, path)
    assert (there.outcome, there.name, there.archived_name) == ("already there", "better", "one")
    assert there.in_trash
    assert other.find(run.id).tags == ("mine",)


def test_a_run_that_has_gone_on_since_is_a_conflict(
    registry, make_run, make_finished, archive_of, import_file, dump
):
    run = make_run("one")
    path = archive_of(run, make_finished("two"))
    remove_for_good(registry, registry.find("two").id)
    registry.add_metrics(run.id, [MetricPoint(1, 0.1, "loss", 2.0, 5)])
    registry.flush()
    before = dump(registry)
    with pytest.raises(RegistryError, match=rf"other content, one \({run.id}\).*--skip-conflicts"):
        import_file(registry, path)
    assert dump(registry) == before
    imported = import_file(registry, path, skip_conflicts=True)
    assert outcomes(imported) == {"one": "conflict", "two": "imported"}
    assert [point.value for point in registry.metrics(run.id)] == [2.0]


def test_a_name_that_is_taken_becomes_another(
    other, make_run, make_finished, archive_of, import_file
):
    make_run("one", into=other)
    make_run("one-2", into=other)
    path = archive_of(make_finished("one"))
    (imported,) = import_file(other, path)
    assert (imported.name, imported.archived_name) == ("one-3", "one")
    assert other.find("one-3").id == imported.id
    assert outcomes(import_file(other, path)) == {"one-3": "already there"}


def test_a_long_name_that_is_taken_becomes_one_that_is_allowed(
    other, make_run, make_finished, archive_of, import_file
):
    make_run("x" * 80, into=other)
    (imported,) = import_file(other, archive_of(make_finished("x" * 80)))
    assert imported.name != "x" * 80
    other.check_new_run(name=f"{imported.name}-also-free")
    assert len(imported.name) <= 80


@pytest.mark.parametrize("name", ["a\n\x1b[31mb", "latest", "1k0z76b04hdz36h3", "x" * 10_000, " "])
def test_a_name_that_no_new_run_could_have_becomes_another(
    other, registry, make_run, archive_of, name, import_file
):
    run = make_run("good")
    registry.database.write(lambda connection: update_run(connection, run.id, name=name))
    path = archive_of(run)
    (imported,) = import_file(other, path)
    assert (imported.name, imported.archived_name) == ("alice-lstm-stacked", name)
    assert other.find("alice-lstm-stacked").id == run.id
    assert outcomes(import_file(other, path)) == {"alice-lstm-stacked": "already there"}


def test_a_run_that_was_being_trained_is_lost_and_can_be_taken_up(
    other, make_run, archive_of, import_file
):
    run = make_run("alive")
    import_file(other, archive_of(run))
    assert other.find("alive").status == "lost"
    other.hold(run.id)
    other.resume_run(run.id, 0, environment=run.environment, parts=run.parts)
    assert other.find("alive").status == "running"
    assert len(other.sessions(run.id)) == 2


def test_a_dry_run_tells_and_makes_nothing(other, make_finished, archive_of, import_file):
    path = archive_of(make_finished("one"))
    assert outcomes(import_file(other, path, dry_run=True)) == {"one": "imported"}
    assert not other.location.path.exists()


def test_the_log_tells_of_an_import_and_keeps_what_it_had(
    other, make_finished, archive_of, import_file, rows_of
):
    def kinds():
        return [row.kind for row in rows_of(other, event)]

    run = make_finished()
    path = archive_of(run)
    import_file(other, path)
    assert sorted(kinds()) == ["created", "finished", "imported"]
    remove_for_good(other, run.id)
    import_file(other, path)
    assert sorted(kinds()) == ["created", "finished", "imported", "imported"]


def test_a_damaged_copy_of_a_file_is_replaced(other, make_finished, archive_of, import_file):
    path = archive_of(make_finished("one"))
    import_file(other, path)
    for stored in (other.location.path / "objects").rglob("*"):
        if stored.is_file():
            stored.write_bytes(b"damaged")
    remove_for_good(other, other.find("one").id)
    import_file(other, path)
    assert other.read_artifact(other.find("one").id, "shared") == b"shared"
