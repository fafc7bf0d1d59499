"""A registry of few runs, with the values that are hard to compare, and what is found in it."""

from __future__ import annotations

import math
from datetime import datetime

import pytest
from sqlalchemy import insert

from textgen_registry import Registry
from textgen_registry.database.schema import figure, note, run, setting, tag
from textgen_registry.query.selection import Selection
from textgen_registry.runs.queries import list_runs

NAN, INF = math.nan, math.inf
DAY = 86_400_000_000
NOON = int(datetime(2026, 10, 1, 12, 30, 15, 500_000).timestamp() * 1_000_000)
NOW = NOON + 3 * DAY
LOST = "run-3"

# Each run: name, status, created, finished, step, bits_per_char, hidden size, last loss, lowest
# loss, tags, notes.
RUNS = [
    ("alice", "finished", NOON, NOON + DAY, 100, 1.5, 256, 1.25, 1.0, ("a", "old one"), ("good",)),
    ("Ålice-2", "finished", NOON, NOON + 1, 200, 2.0, 256, NAN, 1.0, ("a",), ()),
    ("50%_off", "failed", NOON + DAY, NOON + DAY, 0, None, 64, NAN, None, (), ("bad", "worse")),
    ("o'brien", "running", NOON + DAY + 1, None, 7, NAN, "auto", None, None, ("old one",), ()),
    ("bob", "running", NOON - DAY, None, 100, INF, "256", 3.0, -INF, (), ()),
    ("none", "interrupted", NOON + 2 * DAY, NOON + 2 * DAY, 300, -0.5, None, 1.25, 1.25, (), ()),
    ("carol", "finished", NOON - 40 * DAY, NOON, 100, 2.0, NAN, INF, 0.5, ("b",), ("good",)),
]


def filled(connection):
    for number, values in enumerate(RUNS):
        name, status, created, finished, step, bits, hidden, last, lowest, tags, notes = values
        run_id = f"run-{number}"
        parts = {"source": "s", "tokenizer": "t", "model": "m", "sampler": "s"}
        documents = {key: {} for key in ["config", "provenance", "plan", "summary"]}
        times = {"created": created, "started": created, "finished": finished}
        figures = {"step": step, "bits_per_char": bits}
        row = {"id": run_id, "name": name, "status": status, **times, **figures}
        connection.execute(insert(run).values(**row, **parts, **documents))
        if hidden is not None:
            number = hidden if isinstance(hidden, int | float) else None
            key = {"run_id": run_id, "key": "model.size"}
            connection.execute(insert(setting).values(**key, text=str(hidden), number=number))
        if last is not None:
            extent = {"step": 1, "last": last, "lowest": lowest, "highest": lowest}
            connection.execute(insert(figure).values(run_id=run_id, name="loss", **extent))
        for word in tags:
            connection.execute(insert(tag).values(run_id=run_id, tag=word))
        for place, text in enumerate(notes):
            words = {"id": f"{run_id}-{place}", "author": "x", "created": 0, "text": text}
            connection.execute(insert(note).values(run_id=run_id, **words))


@pytest.fixture(scope="session")
def all_runs():
    """What the registry of `small` holds, as Python values."""
    return RUNS


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp("small"))
    registry.database.write(filled)
    return registry


@pytest.fixture(scope="session")
def found(small):
    """Returns the names of the runs of which an expression holds, at a fixed time."""

    def ask(where, **more):
        selection = Selection(where=where, now=NOW, **more)
        rows = small.database.read(lambda connection: list_runs(connection, selection, {LOST}))
        return [row.name for row in rows]

    return ask
