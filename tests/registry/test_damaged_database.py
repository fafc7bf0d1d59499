"""A database of which any bytes are others is an error for people, never one of Python's."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from textgen.errors import RegistryError, UsageError
from textgen_registry import (
    MetricPoint,
    NamedModels,
    Registry,
    add_note,
    change_tags,
    find_garbage,
    notes,
    tabulate,
    verify,
)

TRIALS = 60


@pytest.fixture
def file(registry, make_run):
    """The database of a registry that has something of everything."""
    run = make_run("alice", tags=["x"], config={"a": {"b": 1, "c": "text", "d": 0.5}})
    registry.add_metrics(run.id, [MetricPoint(step, 0.1, "loss", 1.0, 1) for step in range(60)])
    registry.put_artifacts(run.id, {"last.safetensors": b"weights"})
    add_note(registry, run.id, "a note")
    NamedModels(registry).register(registry.find(run.id), "model")
    return registry.location.path / "registry.sqlite"


def uses(registry):
    models = NamedModels(registry)
    yield registry.runs
    yield lambda: registry.runs(where="a.b < 3 and tag:x", sort=["lowest.loss"])
    yield lambda: registry.metrics(registry.find("alice"))
    yield lambda: registry.read_artifact(registry.find("model@1"), "last.safetensors")
    yield lambda: notes(registry, registry.find("alice").id)
    yield lambda: tabulate(registry, ["a.b", "created", "notes", "tags", "metric.loss"])
    yield lambda: models.all() and models.history("model")
    yield lambda: verify(registry)
    yield lambda: find_garbage(registry)
    yield lambda: change_tags(registry, registry.find("alice").id, add=["more"])


def test_bytes_overwritten_anywhere_are_told_or_do_no_harm(file):
    whole, chance = file.read_bytes(), random.Random(1)
    for number in range(TRIALS):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 8, 60, 400])):
            damaged[chance.randrange(0 if number % 5 == 0 else 100, len(whole))] = chance.randrange(
                256
            )
        file.write_bytes(damaged)
        for use in uses(Registry(file.parent)):
            with suppress(RegistryError, UsageError):
                use()


def test_a_database_that_is_cut_short_is_told(file):
    whole = file.read_bytes()
    for tenths in range(1, 10):
        file.write_bytes(whole[: len(whole) * tenths // 10])
        told = []
        try:
            told += verify(Registry(file.parent)).database
        except RegistryError as error:
            told.append(str(error))
        assert told


@pytest.mark.parametrize("left", ["some of it", "nothing of it", "the empty folders"])
def test_of_a_half_copied_objects_folder_every_missing_file_is_named(registry, file, left):
    run = registry.find("alice")
    registry.put_artifacts(run.id, {f"file {number}": b"%d" % number for number in range(4)})
    stored = sorted(path for path in (file.parent / "objects").rglob("*") if path.is_file())
    kept = stored[:2] if left == "some of it" else []
    for path in set(stored) - set(kept):
        path.unlink()
        if left == "nothing of it":
            path.parent.rmdir()
    if left == "nothing of it":
        (file.parent / "objects" / "sha256").rmdir()
        (file.parent / "objects").rmdir()
    found = verify(registry)
    assert {item.expected for item in found.damaged} == {
        path.name for path in set(stored) - set(kept)
    }
    assert {item.problem for item in found.damaged} == {"the file is missing"}
    assert registry.runs()[0].id == run.id
    registry.put_artifacts(run.id, {"file 0": b"0"})
    assert registry.read_artifact(run.id, "file 0") == b"0"


@pytest.mark.parametrize("lose", [Path.unlink, lambda file: file.write_bytes(b"")])
def test_a_lost_database_is_no_empty_registry_while_its_files_are_there(registry, make_run, lose):
    """Or the next collection would remove them all, as nothing names them."""
    run = make_run()
    registry.put_artifacts(run.id, {"a": b"1"})
    lose(registry.location.path / "registry.sqlite")
    again = Registry(registry.location.path)
    for attempt in (again.runs, lambda: make_run(into=again), lambda: verify(again)):
        with pytest.raises(RegistryError, match=r"Restore registry\.sqlite from a backup"):
            attempt()
