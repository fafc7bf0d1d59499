"""Collection beside writers and other collections, and wherever it is cut short."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from textgen.files import sha256_of
from textgen_registry import collect, find_garbage, trashed_runs, verify
from textgen_registry.artifacts.objects import ObjectStore
from textgen_registry.database import schema

NOW = timedelta(0)
ENDING = {"step": 1, "summary": {}, "reason": "", "best_loss": None, "bits_per_char": None}


def test_a_writer_whose_announcement_was_cleared_stores_its_files_again(registry, make_run):
    """As when its claim was lost for a while, with the connection to a server."""
    run = make_run()
    cleared = []

    class Interfered(dict):
        def values(self):
            yield b"first"
            if not cleared:
                clear = schema.pending_object.delete()
                registry.database.write(lambda connection: connection.execute(clear))
                cleared.append(registry.files.drop({sha256_of(b"first")}))
            yield b"second"

    registry.put_artifacts(run.id, Interfered(one=b"first", two=b"second"))
    assert cleared == [{sha256_of(b"first")}]
    assert registry.read_artifact(run.id, "one") == b"first"
    assert registry.read_artifact(run.id, "two") == b"second"
    left = registry.database.read(lambda c: c.execute(schema.pending_object.select()).all())
    assert left == []


KILLED = """
import os, signal, sys
from datetime import timedelta
from textgen_registry import Registry, collect, find_garbage
from textgen_registry.artifacts import objects, run_files
from textgen_registry.database import file_locks

turns = int(sys.argv[2])
def dying(work):
    def first(*arguments):
        global turns
        turns -= 1
        if turns < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*arguments)
    return first

objects.ObjectStore.delete = dying(objects.ObjectStore.delete)
run_files.RunFiles.drop = dying(run_files.RunFiles.drop)
file_locks.FileLocks.forget = dying(file_locks.FileLocks.forget)
registry = Registry(sys.argv[1])
collect(registry, find_garbage(registry, older_than=timedelta(0)))
"""


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8])
def test_a_collection_that_is_killed_leaves_a_whole_registry_and_the_rest_to_the_next(
    registry, make_run, objects, turns
):
    kept = make_run("kept")
    registry.put_artifacts(kept.id, {"shared": b"same"})
    for name in ("one", "two", "three"):
        run = make_run(name)
        files = {"own": name.encode(), "more": name.encode() * 2, "shared": b"same"}
        registry.put_artifacts(run.id, files)
        registry.finish_run(run.id, status="finished", **ENDING)
        registry.delete_run(run.id)
    command = [sys.executable, "-c", KILLED, str(registry.location.path), str(turns)]
    assert subprocess.run(command).returncode == -signal.SIGKILL
    found = verify(registry)
    assert (found.is_sound, registry.read_artifact(kept.id, "shared")) == (True, b"same")
    assert [row.name for row in registry.runs()] == ["kept"]
    collect(registry, find_garbage(registry, older_than=NOW))
    assert trashed_runs(registry) == []
    assert [path.read_bytes() for path in objects()] == [b"same"]


BUSY = """
import sys, time
from textgen_registry import Registry
registry, deadline = Registry(sys.argv[1]), time.monotonic() + 1.5
texts = {key: {"name": key} for key in ("config", "parts", "provenance", "environment", "plan")}
ending = {"step": 1, "summary": {}, "reason": "", "best_loss": None, "bits_per_char": None}
number = 0
while time.monotonic() < deadline:
    run = registry.create_run(
        name=None, source="file:x", tokenizer="char", model="m", sampler="s", **texts
    )
    for turn in range(3):
        number += 1
        files = {"shared": b"%d" % (number % 2), "own": run.id.encode() * (turn + 1)}
        registry.put_artifacts(run.id, files)
        for name, data in files.items():
            assert registry.read_artifact(run.id, name) == data
    registry.finish_run(run.id, status="finished", **ending)
    if number % 2:
        registry.delete_run(run.id)
print(number)
"""


def test_writers_and_two_collections_at_a_time_lose_nothing_that_is_listed(registry, objects):
    command = [sys.executable, "-W", "error", "-c", BUSY, str(registry.location.path)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    writers = [subprocess.Popen(command, **pipes) for _ in range(2)]
    words = ["runs", "gc", "--yes", "--older-than", "0d", "--registry", str(registry.location.path)]
    collections, ends = 0, []
    while any(writer.poll() is None for writer in writers):
        other = subprocess.Popen([sys.executable, "-m", "textgen", *words], **pipes)
        while other.poll() is None:
            collect(registry, find_garbage(registry, older_than=NOW))
            collections += 1
        ends.append((other.wait(), "Traceback" in other.communicate()[1]))
    for writer in writers:
        out, err = writer.communicate()
        assert (writer.returncode, err) == (0, "")
        assert int(out) > 1
    assert set(ends) == {(0, False)}
    assert collections > 1
    collect(registry, find_garbage(registry, older_than=NOW))
    found = verify(registry)
    assert (found.is_sound, found.unnamed, trashed_runs(registry)) == (True, (), [])
    assert {row.status for row in registry.runs()} == {"finished"}
    assert found.objects == len(objects())


def test_an_object_is_not_removed_while_its_announcement_stands(registry, make_run, objects):
    """Between announcement and bytes nothing is there to remove, and after it nothing may be."""
    run = make_run()
    put = ObjectStore.put

    def collected_in_between(store, data):
        collect(registry, find_garbage(registry, older_than=NOW))
        sha256 = put(store, data)
        collect(registry, find_garbage(registry, older_than=NOW))
        return sha256

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ObjectStore, "put", collected_in_between)
        registry.put_artifacts(run.id, {"a": b"1", "b": b"2"})
    assert registry.read_artifact(run.id, "a") + registry.read_artifact(run.id, "b") == b"12"
    assert len(objects()) == 2
