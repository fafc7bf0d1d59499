"""What goes for good, what never does, and what is said of it."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from textgen.errors import RegistryError, RunNotFoundError
from textgen.files import sha256_of
from textgen_registry import (
    Registry,
    add_note,
    collect,
    find_garbage,
    find_trashed,
    remove_for_good,
)
from textgen_registry.artifacts.objects import LONGEST_WRITE_SECONDS
from textgen_registry.database import schema

NOW = timedelta(0)
ENDING = {"step": 1, "summary": {}, "reason": "", "best_loss": None, "bits_per_char": None}


@pytest.fixture
def trash(registry, make_run):
    """Makes a run with files and puts it into the trash."""

    def make(name, **files):
        run = make_run(name, tags=["a"])
        registry.put_artifacts(run.id, {"own": name.encode(), **files})
        add_note(registry, run.id, "a note")
        registry.finish_run(run.id, status="finished", **ENDING)
        registry.delete_run(run.id)
        return run

    return make


@pytest.fixture
def pin(registry):
    """Makes a model version of a run, of the files that it has."""

    def register(run_id, name="alice"):
        common = {"model": name, "number": 1}
        version = {"author": "a@b", "created": 1, "step": 1, "summary": {}, "run_id": run_id}
        files = [vars(file) for file in registry.artifacts(run_id)]

        def write(connection):
            connection.execute(insert(schema.model).values(name=name, created=1, last_number=1))
            connection.execute(insert(schema.model_version).values(**common, **version))
            connection.execute(insert(schema.model_file), [{**common, **file} for file in files])

        registry.database.write(write)

    return register


def rows_left(registry, run_id):
    """Return the tables that still say something of a run, the log aside."""
    tables = [table for table in schema.metadata.sorted_tables if "run_id" in table.c]

    def read(connection):
        counts = {
            table.name: connection.scalar(
                select(func.count()).select_from(table).where(table.c.run_id == run_id)
            )
            for table in tables
        }
        return {name for name, count in counts.items() if count and name != "event"}

    return registry.database.read(read)


def names(runs):
    return [run.name for run in runs]


class Stopped(dict):
    """Files of which the second cannot be stored: the writer dies between objects and rows."""

    def values(self):
        yield b"first"
        raise KeyboardInterrupt


def test_the_trash_is_kept_for_thirty_days_unless_said_otherwise(registry, trash):
    run = trash("young")
    waiting = find_garbage(registry)
    assert not waiting
    assert names(waiting.waiting) == ["young"]
    collect(registry, waiting)
    assert registry.read_artifact(run.id, "own") == b"young"
    assert names(find_garbage(registry, older_than=NOW).runs) == ["young"]


def test_a_collected_run_leaves_nothing_but_its_history(registry, trash, objects):
    run = trash("gone", other=b"more")
    found = find_garbage(registry, older_than=NOW)
    assert (names(found.runs), found.files, found.size) == (["gone"], 2, 8)
    assert len(objects()) == 2
    assert collect(registry, found) == found
    assert objects() == []
    assert rows_left(registry, run.id) == set()
    assert list((registry.location.path / "locks").iterdir()) == []
    with pytest.raises(RunNotFoundError):
        registry.find(run.id)
    kinds = select(schema.event.c.kind).where(schema.event.c.run_id == run.id)
    assert "removed" in registry.database.read(lambda c: c.scalars(kinds).all())


def test_files_that_others_have_too_stay(registry, make_run, trash):
    kept = make_run("kept")
    registry.put_artifacts(kept.id, {"shared": b"same"})
    trash("gone", shared=b"same")
    trash("restored", shared=b"same")
    found = find_garbage(registry, older_than=NOW)
    registry.restore_run(find_trashed(registry, "restored").id)
    removed = collect(registry, found)
    assert names(removed.runs) == ["gone"]
    assert [item.sha256 for item in removed.objects] == [sha256_of(b"gone")]
    restored = registry.find("restored")
    assert registry.read_artifact(restored.id, "own") == b"restored"
    assert registry.read_artifact(kept.id, "shared") == b"same"


def test_a_run_that_a_model_was_made_from_stays_and_says_why(registry, trash, pin):
    run = trash("needed")
    pin(run.id)
    found = find_garbage(registry, older_than=NOW)
    assert not found
    ((kept, reason),) = found.kept
    assert (kept.id, reason) == (run.id, "it is what alice@1 was made from")
    with pytest.raises(RegistryError, match=r"needed.*has to stay.*alice@1"):
        remove_for_good(registry, kept)
    assert registry.read_artifact(run.id, "own") == b"needed"


def test_files_that_only_a_model_has_stay(registry, make_run, pin, objects):
    run = make_run()
    registry.put_artifacts(run.id, {"best": b"first"})
    pin(run.id)
    registry.put_artifacts(run.id, {"best": b"second"})
    collect(registry, find_garbage(registry, older_than=NOW))
    assert sorted(path.read_bytes() for path in objects()) == [b"first", b"second"]


def test_a_run_in_the_trash_that_is_still_trained_stays(registry, make_run):
    run = make_run("alive")
    elsewhere = Registry(registry.location.path)
    registry.database.write(
        lambda c: c.execute(schema.run.update().values(deleted=1))  # as by force, elsewhere
    )
    ((_, reason),) = find_garbage(elsewhere, older_than=NOW).kept
    assert "training" in reason
    registry.release(run.id)
    assert names(find_garbage(elsewhere, older_than=NOW).runs) == ["alive"]


def test_what_dead_writers_left_goes_and_what_living_ones_left_stays(registry, make_run, objects):
    run = make_run()
    with pytest.raises(KeyboardInterrupt):
        registry.put_artifacts(run.id, Stopped(one=b"first", two=b"second"))
    collect(registry, find_garbage(registry, older_than=NOW))
    assert [path.read_bytes() for path in objects()] == [b"first"]
    registry.release(run.id)
    assert find_garbage(registry).files == 0  # not until it has lain there for 30 days
    found = find_garbage(registry, older_than=NOW)
    assert (found.files, found.size) == (1, 5)
    collect(registry, found)
    assert objects() == []
    assert rows_left(registry, run.id) == {"session", "setting"}


def test_half_written_files_go_after_an_hour(registry, make_run):
    make_run()
    folder = registry.location.path / "objects" / "sha256" / "ab"
    folder.mkdir(parents=True)
    old, new = folder / f".{'ab' * 32}.1.part", folder / f".{'ab' * 32}.2.part"
    for path, age in [(old, LONGEST_WRITE_SECONDS + 60), (new, LONGEST_WRITE_SECONDS - 60)]:
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age,) * 2)
    found = find_garbage(registry)
    assert (found.files, found.size) == (1, 4)
    collect(registry, found)
    assert (old.exists(), new.exists()) == (False, True)


def test_lock_files_of_runs_that_can_still_be_held_stay(registry, make_run):
    ended, held, lost = make_run("ended"), make_run("held"), make_run("lost")
    registry.finish_run(ended.id, status="finished", **ENDING)
    registry.release(lost.id)
    collect(registry, find_garbage(registry))
    locks = {path.stem for path in (registry.location.path / "locks").iterdir()}
    assert ended.id not in locks
    assert held.id in locks
    assert (registry.is_held(held.id), registry.find("lost").status) == (True, "lost")
    registry.hold(ended.id)
    assert registry.is_held(ended.id)


def test_files_without_a_database_are_nobody_s_to_remove(registry, trash, objects):
    trash("gone")
    (registry.location.path / "registry.sqlite").unlink()
    found = find_garbage(registry, older_than=NOW)
    assert not found
    assert not collect(registry, found)
    assert len(objects()) == 1
    assert not (registry.location.path / "registry.sqlite").exists()


def test_only_what_is_in_the_trash_can_be_removed_for_good(registry, trash):
    trash("back")
    trashed = find_trashed(registry, "back")
    registry.restore_run(trashed.id)
    with pytest.raises(RunNotFoundError, match="restored or removed meanwhile"):
        remove_for_good(registry, trashed)
    registry.delete_run(trashed.id)  # since when its time runs anew
    with pytest.raises(RunNotFoundError):
        remove_for_good(registry, trashed)
    assert registry.read_artifact(trashed.id, "own") == b"back"
