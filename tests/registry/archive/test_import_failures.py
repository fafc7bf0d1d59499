"""An import that fails, is killed, or is not alone brings all runs of an archive, or none."""

from __future__ import annotations

import math
import resource
import signal
import subprocess
import sys
import tracemalloc

import pytest
from sqlalchemy import delete

from textgen.errors import RegistryError
from textgen_registry.archive import Archive
from textgen_registry.database.schema import pending_object


def stored_objects(registry):
    found = (registry.location.path / "objects").rglob("*")
    return sorted(path.name for path in found if path.is_file())


def test_what_an_import_announces_no_other_writer_removes(
    other, make_finished, archive_of, monkeypatch, import_file
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
    other, make_finished, archive_of, monkeypatch, import_file, rows_of
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
    assert rows_of(other, pending_object) == []


def test_a_disk_that_is_full_leaves_nothing(
    other, registry, make_run, archive_of, import_file, rows_of
):
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
    assert rows_of(other, pending_object) == []
    assert stored_objects(other) == []
    import_file(other, path)
    assert len(other.runs()) == 2


def test_a_failure_among_the_rows_undoes_all_of_them(
    other, make_finished, archive_of, monkeypatch, import_file, dump
):
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
    other, make_finished, archive_of, monkeypatch, import_file
):
    """Where a server went away after it had committed, the same work is done again."""
    write = other.database.write

    def twice(work):
        write(work)
        return write(work)

    path = archive_of(make_finished("one"))
    monkeypatch.setattr(other.database, "write", twice)
    assert [run.outcome for run in import_file(other, path)] == ["imported"]
    assert len(other.runs()) == 1


def test_large_files_are_in_memory_one_at_a_time_and_once(
    other, registry, make_run, archive_of, import_file
):
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
    other, make_finished, archive_of, rows_of
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
    assert rows_of(other, pending_object) == []
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
    other, make_finished, archive_of, tmp_path, import_file, rows_of
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
    assert {run.outcome for run in import_file(other, path)} == {"already there"}
    assert rows_of(other, pending_object) == []
    assert len(stored_objects(other)) == 3
    assert math.isclose(other.find("one").best_loss, 1.0)
