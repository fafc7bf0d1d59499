"""Scenarios that begin with runs of an archive: their import, a collection, named models."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from checks import Broken
from scenario import Scenario
from writing import FIGURES, write_run

from textgen_registry import (
    NamedModels,
    Registry,
    collect,
    find_garbage,
    trashed_runs,
    verify,
)
from textgen_registry.archive import Archive, export_runs, import_archive, write_archive

RUNS = 24
NAMED = 12  # of the runs, which versions are made of
NOW = timedelta(0)


class Import(Scenario):
    """An import of all runs; either all are listed afterwards, or none."""

    name = "import"

    def prepare(self, place):
        _archive(place)

    def work(self, place, acknowledge):
        for item in _import(place):
            acknowledge(run=item.id, finished=True)

    def go_on(self, place, whole):
        listed = len(place.open().runs())
        if listed not in (0, RUNS):
            raise Broken(f"{listed} of the archive's {RUNS} runs are listed")
        _import(place)
        registry, exported = place.open(), BytesIO()
        write_archive(registry, [row.id for row in registry.runs()], exported)
        if exported.getvalue() != _archive(place).read_bytes():
            raise Broken("what was imported is exported as something else")
        return listed == 0


class Collection(Scenario):
    """`textgen runs gc`: runs in the trash, files that nothing names, files that a model needs."""

    name = "gc"

    def prepare(self, place):
        place.fill("garbage", _leave_garbage)

    def work(self, place, acknowledge):
        registry = place.open()
        collect(registry, find_garbage(registry, older_than=NOW))

    def go_on(self, place, whole):
        registry = place.open()
        garbage = find_garbage(registry, older_than=NOW)
        collect(registry, garbage)
        if _collected(place) != _collected(whole):
            raise Broken("a second collection does not leave what a whole one leaves")
        if verify(registry).unnamed or find_garbage(registry, older_than=NOW):
            raise Broken("a second collection leaves something to collect")
        return bool(garbage)


class Naming(Scenario):
    """`textgen models register` and `alias`, run after run."""

    name = "models"

    def prepare(self, place):
        place.fill("imported", _import)

    def work(self, place, acknowledge):
        registry = place.open()
        models = NamedModels(registry)
        for row in registry.runs(sort=["id"], limit=NAMED):
            version = models.register(registry.find(row.id), "alice").version
            acknowledge(run=row.id, version=str(version.name))
            models.alias("alice", "best", version.number)
            acknowledge(run=row.id, version=str(version.name), alias="alice@best")

    def go_on(self, place, whole):
        before = _versions(place)
        self.work(place, lambda **what: None)
        if _versions(place) != _versions(whole):
            raise Broken("registered again, the runs have not the versions that they should have")
        return before != _versions(whole)


def _archive(place):
    """Return the path of the archive, which is made once for all places."""
    path = place.shared / "runs.zip"
    if not path.exists():
        registry = Registry(place.shared / "archived")
        for _ in range(RUNS):
            write_run(registry, lambda **what: None, steps=1, size=1_000)
        export_runs(registry, [row.id for row in registry.runs()], path)
    return path


def _import(place):
    path = _archive(place)
    with path.open("rb") as file:
        return import_archive(place.open(), Archive(file, path.name))


def _leave_garbage(place):
    """Import all runs, delete most, and leave files that are needed and files that are not."""
    runs = [item.id for item in _import(place)]
    registry = place.open()
    models = NamedModels(registry)
    models.register(registry.find(runs[0]), "alice")
    models.register(registry.find(runs[1]), "alice")
    _go_on_with(registry, runs[0])
    for run_id in runs[1:-2]:
        registry.delete_run(run_id)
    for number in range(RUNS):
        registry.files.objects.put(b"needed by nothing %d" % number)


def _go_on_with(registry, run_id):
    """Let a run have other files than the version that was made of it."""
    registry.hold(run_id)
    registry.resume_run(run_id, 1, environment={}, parts={})
    registry.store_checkpoint(run_id, {"best.safetensors": b"better"}, step=2, **FIGURES)
    registry.finish_run(run_id, status="finished", step=2, reason="", **FIGURES)


def _versions(place):
    """Return of each version its number and aliases, its run, and its files."""
    models = NamedModels(place.open()).all()
    versions = [version for model in models for version in model.versions]
    return [(item.number, item.aliases, item.run_id, item.files) for item in versions]


def _collected(place):
    registry = place.open()
    trashed = {item.id for item in trashed_runs(registry)}
    return {row.id for row in registry.runs()}, trashed, _versions(place)
