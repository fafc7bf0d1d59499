"""What ten thousand runs cost to list and to search, beside ten; how fast figures are stored.

Run by `make bench`. Within a group of two, the ratio is the claim: listing ten thousand runs takes
at most three times as long as listing ten, and at most a second.
"""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import count, islice

import pytest
from sqlalchemy import insert

from textgen_registry import MetricPoint, Registry, tabulate
from textgen_registry.database.schema import figure, run, session, setting, tag
from textgen_registry.ids import new_id

MANY, FEW, SETTINGS, METRICS = 10_000, 10, 20, 10
MINUTE, START = 60_000_000, 1_760_000_000_000_000
PARTS = {"source": "gutenberg:alice", "tokenizer": "char", "model": "lstm-stacked"}
DOCUMENTS = {key: {} for key in ["config", "provenance", "plan", "summary"]}
LISTED = ["id", "name", "status", "created", "best_loss", "bits_per_char", "source", "model"]
WHERE = "model.hidden_size >= 256 and lowest.validation_loss < 1.5 or tag:x"
WHOLE_COMMAND = {"rounds": 9, "warmup_rounds": 1}


def rows_of(number, chance):
    """Yield a run's rows, each with its table."""
    at = START + number * MINUTE
    run_id = new_id(at)
    losses = {"best_loss": 3 * chance.random(), "bits_per_char": 4 * chance.random()}
    ended = {"status": "finished", "step": 1000, "created": at, "started": at, "finished": at + 1}
    of_run = {"id": run_id, "name": f"alice-lstm-stacked-{number}", "sampler": "stateful"}
    yield run, {**of_run, **ended, **losses, **PARTS, **DOCUMENTS}
    first = {"number": 1, "started": at, "first_step": 0, "environment": {}, "parts": {}}
    yield session, {"run_id": run_id, **first}
    for key in ["model.hidden_size", *(f"training.option_{n}" for n in range(1, SETTINGS))]:
        size = chance.choice([64, 128, 256, 512])
        yield setting, {"run_id": run_id, "key": key, "text": str(size), "number": size}
    for name in ["validation_loss", *(f"metric_{n}" for n in range(1, METRICS))]:
        loss = 3 * chance.random()
        extent = {"step": 1000, "last": loss, "lowest": loss - 0.1, "highest": loss + 1}
        yield figure, {"run_id": run_id, "name": name, **extent}
    if number % 50 == 0:
        yield tag, {"run_id": run_id, "tag": "x"}


def registry_of(folder, runs):
    """Return a registry with so many runs, put there through the tables."""
    chance, rows = random.Random(0), {}
    for number in range(runs):
        for table, row in rows_of(number, chance):
            rows.setdefault(table, []).append(row)

    def fill(connection):
        for table, values in rows.items():
            connection.execute(insert(table), values)

    registry = Registry(folder)
    registry.database.write(fill)
    return registry


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return registry_of(tmp_path_factory.mktemp("many"), MANY)


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    return registry_of(tmp_path_factory.mktemp("few"), FEW)


def listing(registry, runs):
    """Return what lists all runs by the whole command; they are counted to be sure of it."""
    command = [
        sys.executable,
        "-m",
        "textgen",
        "runs",
        "list",
        "--registry",
        registry.location.path,
    ]

    def list_them():
        done = subprocess.run(command, check=True, capture_output=True)
        assert done.stdout.count(b"\n") == runs + 1

    return list_them


@pytest.mark.benchmark(group="textgen runs list, the whole command")
class TestWholeCommand:
    def test_ten_thousand_runs(self, benchmark, many):
        benchmark.pedantic(listing(many, MANY), **WHOLE_COMMAND)

    def test_ten_runs(self, benchmark, few):
        benchmark.pedantic(listing(few, FEW), **WHOLE_COMMAND)


@pytest.mark.benchmark(group="10,000 runs in the store: at most 30 ms listed, 100 ms searched")
class TestInTheStore:
    def test_all_that_a_list_shows(self, benchmark, many):
        assert len(benchmark(tabulate, many, LISTED)) == MANY

    def test_all_as_records(self, benchmark, many):
        assert len(benchmark(many.runs)) == MANY

    def test_filtered_and_sorted(self, benchmark, many):
        asked = {"where": WHERE, "sort": ["-metric.validation_loss"]}
        assert 1_000 < len(benchmark(tabulate, many, LISTED, **asked)) < MANY


@pytest.mark.benchmark(group="points of metrics, stored for good: at most 20 ms a thousand")
@pytest.mark.parametrize("thousands", [1, 10])
def test_points_of_metrics(benchmark, tmp_path, thousands):
    registry = Registry(tmp_path)
    documents = {key: {} for key in ["config", "parts", "provenance", "environment", "plan"]}
    made = registry.create_run(name=None, sampler="stateful", **PARTS, **documents)
    steps, rounds = count(), 20

    def another_batch():
        points = [
            MetricPoint(step, 1.0, f"metric_{n}", float(n), START)
            for step in islice(steps, 1_000 * thousands // METRICS)
            for n in range(METRICS)
        ]
        return (made.id, points), {}

    benchmark.pedantic(registry.add_metrics, setup=another_batch, rounds=rounds)
    assert len(registry.metrics(made.id)) == 1_000 * thousands * rounds
