"""Finished runs, their archives, and a registry to import them into."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import select

from textgen_registry import MetricPoint, Registry
from textgen_registry.archive import Archive, export_runs, import_archive

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


@pytest.fixture
def import_file():
    """Imports an archive; returns what became of each of its runs."""

    def do(registry, path, **options):
        with path.open("rb") as file:
            return import_archive(registry, Archive(file, path.name), **options)

    return do


@pytest.fixture
def dump():
    """Returns a registry's whole database as text."""

    def read(registry):
        connection = sqlite3.connect(registry.location.path / "registry.sqlite")
        try:
            return list(connection.iterdump())
        finally:
            connection.close()

    return read


@pytest.fixture
def rows_of():
    """Returns all rows of a table."""

    def read(registry, table):
        return registry.database.read(lambda connection: connection.execute(select(table)).all())

    return read
