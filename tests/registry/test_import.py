"""An import brings all runs of an archive with all that is recorded of them, or none."""

from __future__ import annotations

import json
import math
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from textgen.errors import RegistryError
from textgen_registry import MetricPoint, Registry
from textgen_registry.archive import Archive, export_runs, import_archive, storing
from textgen_registry.database.schema import event, figure, pending_object, setting
from textgen_registry.runs.changes import remove_run, update_run

FIRST_RELEASE = Path(__file__).parent / "first_release"
ENDED = {"status": "finished", "step": 3, "reason": "", "best_loss": 1.0, "bits_per_char": 2.0}


@pytest.fixture
def other(tmp_path):
    """A registry that does not exist yet."""
    return Registry(tmp_path / "other")


@pytest.fixture
def make_finished(registry, make_run):
    def make(name=None, *, into=registry, **changed):
        run = make_run(name, into=into, **changed)
        points = [MetricPoint(step, 0.5, "loss", 3.0 - step, step) for step in range(3)]
        into.add_metrics(run.id, points)
        into.put_artifacts(run.id, {"own": run.id.encode(), "shared": b"shared"})
        into.finish_run(run.id, summary={}, **ENDED)
        return into.find(run.id)

    return make


@pytest.fixture
def archive_of(registry, tmp_path):
    """Exports runs; returns the archive's path."""

    def make(*runs, of=registry, name="runs.zip"):
        export_runs(of, [run.id for run in runs], tmp_path / name, overwrite=True)
        return tmp_path / name

    return make


def import_file(registry, path, **options):
    with path.open("rb") as file:
        return import_archive(registry, Archive(file, path.name), **options)


def outcomes(imported):
    return {run.name: run.outcome for run in imported}


def dump(registry):
    """Return the whole database as text."""
    connection = sqlite3.connect(registry.location.path / "registry.sqlite")
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def remove_for_good(registry, run_id):
    registry.database.write(lambda connection: remove_run(connection, run_id))


def rows_of(registry, table):
    return registry.database.read(lambda connection: connection.execute(select(table)).all())


def announced(registry):
    return rows_of(registry, pending_object)


def stored_objects(registry):
    found = (registry.location.path / "objects").rglob("*")
    return sorted(path.name for path in found if path.is_file())


def test_a_run_is_as_it_was(other, registry, make_finished, archive_of, monkeypatch):
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
    assert announced(other) == []


def test_a_registry_of_the_first_release_comes_through_unchanged(other, archive_of, tmp_path):
    shutil.copytree(FIRST_RELEASE, tmp_path / "old")
    old = Registry(tmp_path / "old")
    path = archive_of(*old.runs(), of=old)
    import_file(other, path)
    assert archive_of(*old.runs(), of=other, name="again.zip").read_bytes() == path.read_bytes()
    for run in json.loads((FIRST_RELEASE / "expected.json").read_text()):
        found = other.find(run["id"])
        assert found.config == run["config"]
        assert found.sample_text == old.find(run["id"]).sample_text


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
    tmp_path, make_run, config, summary, figures, sample, files, loss
):
    one, two = (Registry(tmp_path / name) for name in ("one", "two"))
    for folder in ("one", "two"):
        shutil.rmtree(tmp_path / folder, ignore_errors=True)
    run = make_run(into=one, config=config)
    one.add_metrics(run.id, [MetricPoint(s, v, name, v, s % 10**9) for name, s, v in figures])
    one.put_artifacts(run.id, files)
    one.set_sample(run.id, sample, sample)
    one.finish_run(run.id, summary=summary, **{**ENDED, "best_loss": loss})
    export_runs(one, [run.id], tmp_path / "one.zip", overwrite=True)
    import_file(two, tmp_path / "one.zip")
    export_runs(two, [run.id], tmp_path / "two.zip", overwrite=True)
    assert (tmp_path / "two.zip").read_bytes() == (tmp_path / "one.zip").read_bytes()
    assert outcomes(import_file(two, tmp_path / "one.zip")) == {run.name: "already there"}


def test_importing_twice_changes_nothing_and_says_so(other, make_finished, archive_of):
    path = archive_of(make_finished("one"), make_finished("two"))
    import_file(other, path)
    before = dump(other)
    assert outcomes(import_file(other, path)) == dict.fromkeys(("one", "two"), "already there")
    assert dump(other) == before


def test_what_was_said_of_a_run_since_is_kept(other, registry, make_run, archive_of):
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


def test_a_run_that_has_gone_on_since_is_a_conflict(registry, make_run, make_finished, archive_of):
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


def test_a_name_that_is_taken_becomes_another(other, make_run, make_finished, archive_of):
    make_run("one", into=other)
    make_run("one-2", into=other)
    path = archive_of(make_finished("one"))
    (imported,) = import_file(other, path)
    assert (imported.name, imported.archived_name) == ("one-3", "one")
    assert other.find("one-3").id == imported.id
    assert outcomes(import_file(other, path)) == {"one-3": "already there"}


def test_a_long_name_that_is_taken_becomes_one_that_is_allowed(
    other, make_run, make_finished, archive_of
):
    make_run("x" * 80, into=other)
    (imported,) = import_file(other, archive_of(make_finished("x" * 80)))
    assert imported.name != "x" * 80
    other.check_new_run(name=f"{imported.name}-also-free")
    assert len(imported.name) <= 80


@pytest.mark.parametrize("name", ["a\n\x1b[31mb", "latest", "1k0z76b04hdz36h3", "x" * 10_000, " "])
def test_a_name_that_no_new_run_could_have_becomes_another(
    other, registry, make_run, archive_of, name
):
    run = make_run("good")
    registry.database.write(lambda connection: update_run(connection, run.id, name=name))
    path = archive_of(run)
    (imported,) = import_file(other, path)
    assert (imported.name, imported.archived_name) == ("alice-lstm-stacked", name)
    assert other.find("alice-lstm-stacked").id == run.id
    assert outcomes(import_file(other, path)) == {"alice-lstm-stacked": "already there"}


def test_a_run_that_was_being_trained_is_lost_and_can_be_taken_up(other, make_run, archive_of):
    run = make_run("alive")
    import_file(other, archive_of(run))
    assert other.find("alive").status == "lost"
    other.hold(run.id)
    other.resume_run(run.id, 0, environment=run.environment, parts=run.parts)
    assert other.find("alive").status == "running"
    assert len(other.sessions(run.id)) == 2


def test_a_dry_run_tells_and_makes_nothing(other, make_finished, archive_of):
    path = archive_of(make_finished("one"))
    assert outcomes(import_file(other, path, dry_run=True)) == {"one": "imported"}
    assert not other.location.path.exists()


def test_the_log_tells_of_an_import_and_keeps_what_it_had(other, make_finished, archive_of):
    def kinds():
        return [row.kind for row in rows_of(other, event)]

    run = make_finished()
    path = archive_of(run)
    import_file(other, path)
    assert sorted(kinds()) == ["created", "finished", "imported"]
    remove_for_good(other, run.id)
    import_file(other, path)
    assert sorted(kinds()) == ["created", "finished", "imported", "imported"]


def test_a_damaged_copy_of_a_file_is_replaced(other, make_finished, archive_of):
    path = archive_of(make_finished("one"))
    import_file(other, path)
    for stored in (other.location.path / "objects").rglob("*"):
        if stored.is_file():
            stored.write_bytes(b"damaged")
    remove_for_good(other, other.find("one").id)
    import_file(other, path)
    assert other.read_artifact(other.find("one").id, "shared") == b"shared"


def test_what_an_import_announces_no_other_writer_removes(
    other, make_finished, archive_of, monkeypatch
):
    run = make_finished("one")
    path = archive_of(run)
    write = other.database.write

    def sweeping_before_the_rows(work):
        if stored := stored_objects(other):
            monkeypatch.undo()
            other.files.drop(set(stored))
        return write(work)

    monkeypatch.setattr(other.database, "write", sweeping_before_the_rows)
    import_file(other, path)
    assert other.read_artifact(run.id, "own") == run.id.encode()


def test_objects_are_stored_again_where_their_announcement_was_cleared(
    other, make_finished, archive_of, monkeypatch
):
    """To others a process may seem dead for a while, when its database server was restarted."""
    run = make_finished("one")
    path = archive_of(run)
    write = other.database.write

    def clearing_before_the_rows(work):
        if stored := stored_objects(other):
            monkeypatch.undo()
            other.database.write(lambda connection: connection.execute(delete(pending_object)))
            other.files.drop(set(stored))
            assert stored_objects(other) == []
        return write(work)

    monkeypatch.setattr(other.database, "write", clearing_before_the_rows)
    import_file(other, path)
    assert other.read_artifact(run.id, "own") == run.id.encode()
    assert announced(other) == []


def test_a_disk_that_is_full_leaves_nothing(other, registry, make_run, archive_of):
    make_run("there", into=other)
    run = make_run("large")
    registry.put_artifacts(run.id, {"a": b"a" * 1000, "b": b"b" * (4 << 20)})
    path = archive_of(run)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, limit[1]))
    try:
        with pytest.raises(RegistryError, match=str(other.location.path)):
            import_file(other, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert [row.name for row in other.runs()] == ["there"]
    assert announced(other) == []
    assert stored_objects(other) == []
    import_file(other, path)
    assert len(other.runs()) == 2


def test_a_failure_among_the_rows_undoes_all_of_them(other, make_finished, archive_of, monkeypatch):
    path = archive_of(make_finished("one"), make_finished("two"))
    make_finished("three", into=other)
    before, objects = dump(other), stored_objects(other)
    points, asked = Archive.points, []

    def failing_at_the_second(archive, run_id):
        asked.append(run_id)
        if len(asked) == 4:  # both were read to check them, and the first to store it
            raise KeyboardInterrupt
        return points(archive, run_id)

    monkeypatch.setattr(Archive, "points", failing_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        import_file(other, path)
    assert dump(other) == before
    assert stored_objects(other) == objects


def test_a_commit_that_was_not_heard_of_is_told_as_an_import(
    other, make_finished, archive_of, monkeypatch
):
    """Where a server went away after it had committed, the same work is done again."""
    write = other.database.write

    def twice(work):
        write(work)
        return write(work)

    path = archive_of(make_finished("one"))
    monkeypatch.setattr(other.database, "write", twice)
    assert outcomes(import_file(other, path)) == {"one": "imported"}
    assert len(other.runs()) == 1


def test_large_files_are_in_memory_one_at_a_time_and_once(other, registry, make_run, archive_of):
    size = 8 << 20
    run = make_run()
    registry.put_artifacts(run.id, {str(number): bytes([number]) * size for number in range(4)})
    path = archive_of(run)
    tracemalloc.start()
    try:
        import_file(other, path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size <= peak < 2 * size


IMPORTS = """
import sys
from pathlib import Path
from textgen_registry import Registry
from textgen_registry.archive import Archive, import_archive

with open(sys.argv[2], "rb") as file:
    archive = Archive(file, "runs")
    sys.stdin.readline()
    print(*(run.outcome for run in import_archive(Registry(Path(sys.argv[1])), archive)), sep=",")
"""


def test_of_two_imports_at_once_one_imports_and_the_other_finds_all_there(
    other, make_finished, archive_of
):
    path = archive_of(make_finished("one"), make_finished("two"))
    command = [sys.executable, "-W", "error", "-c", IMPORTS, str(other.location.path), str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen(command, **pipes) for _ in range(2)]
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    said = sorted(process.communicate()[0].strip() for process in both)
    assert said == ["already there,already there", "imported,imported"]
    assert announced(other) == []
    assert len(stored_objects(other)) == 3


DIES = """
import os, signal, sys
from pathlib import Path
from textgen_registry import Registry
from textgen_registry.archive import storing
from textgen_registry.archive import Archive, import_archive

place, path, left = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
fsync, replace = os.fsync, os.replace

def dying(call):
    def instead(*arguments, **words):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **words)
    return instead

os.fsync = dying(os.fsync)
registry = Registry(place)
write = registry.database.write
registry.database.write = lambda work: dying(write)(dying(work))
with path.open("rb") as file:
    import_archive(registry, Archive(file, "runs"))
"""


def test_an_import_that_is_killed_leaves_the_registry_whole_and_a_second_one_finishes(
    other, make_finished, archive_of, tmp_path
):
    path = archive_of(make_finished("one"), make_finished("two"))
    codes = []
    for moment in range(1, 40, 3):
        command = [sys.executable, "-c", DIES, str(other.location.path), str(path), str(moment)]
        codes.append(subprocess.run(command).returncode)
        for row in other.runs():
            for file in other.artifacts(row.id):
                other.read_artifact(row.id, file.name)
        assert len(other.runs()) in (0, 2)
        if codes[-1] == 0:
            break
    assert set(codes) == {-signal.SIGKILL, 0}
    assert len(codes) > 3
    assert set(outcomes(import_file(other, path)).values()) == {"already there"}
    assert announced(other) == []
    assert len(stored_objects(other)) == 3
    assert math.isclose(other.find("one").best_loss, 1.0)
