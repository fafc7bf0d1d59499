"""Scenarios that write runs: `textgen run`, and a program of its own."""

from __future__ import annotations

import os
import sys

from checks import CHECKPOINT, Broken
from scenario import Scenario
from working import Worker

from textgen_registry import MetricPoint

RHYME = "one, two, buckle my shoe; three, four, open the door. " * 28
SETTINGS = {
    "source": "file:rhyme.txt",
    "tokenizer": "char",
    "model": "lstm-stacked",
    "sampler": "stateful",
    "config": {"model": {"hidden_size": 12}, "seed": 1},
    "parts": {"model": {"name": "lstm-stacked"}},
    **{key: {"a": 1} for key in ["provenance", "environment", "plan"]},
}
FIGURES = {"summary": {}, "best_loss": 1.0, "bits_per_char": 1.0}
POINTS_A_STEP = 40


class Training(Scenario):
    """`textgen run`, and `textgen resume` afterwards."""

    name = "training"
    go_on_every = 5

    def prepare(self, place):
        import textgen.cli.main
        import textgen.runs  # noqa: F401

        (place.folder / "rhyme.txt").write_text(RHYME)

    def work(self, place, acknowledge):
        options = {"model.hidden_size": 12, "training.batch_size": 4}
        options |= {"training.sequence_length": 10, "training.evaluate_every": 0.2}
        options |= {"training.validation_fraction": 0.2}
        words = [word for key, value in options.items() for word in ("--set", f"{key}={value}")]
        source = ("--source", f"file:{place.folder / 'rhyme.txt'}")
        return _textgen(place, "run", *source, "--device", "cpu", "--epochs", "4", *words)

    def go_on(self, place, whole):
        registry = place.open()
        resumable = [row for row in registry.runs(status="lost") if _has_checkpoint(registry, row)]
        for row in resumable:
            _resume(place, row.id)
            if _weights(place, row.id) != _weights(whole, "latest"):
                raise Broken(f"{row.id}, resumed, has not the weights of a run that was not killed")
        return bool(resumable)


class Checkpointing(Scenario):
    """A writer of runs, figures and checkpoints, as a program of its own."""

    name = "checkpointing"

    def work(self, place, acknowledge):
        registry = place.open()
        for _ in range(3):
            write_run(registry, acknowledge)


def write_run(registry, acknowledge, *, steps=8, size=200_000):
    """Write a run with figures and checkpoints of so many bytes; return its id."""
    run = registry.create_run(name=None, **SETTINGS).id
    acknowledge(run=run)
    for step in range(1, steps + 1):
        _one_step(registry, run, step, size)
        acknowledge(run=run, points=POINTS_A_STEP * step, checkpoint=step)
    registry.finish_run(run, status="finished", step=steps, reason="", **FIGURES)
    acknowledge(run=run, finished=True)
    return run


def _one_step(registry, run, step, size):
    first = POINTS_A_STEP * step
    taken = range(first, first + POINTS_A_STEP)
    registry.add_metrics(run, [MetricPoint(place, 0.0, "loss", 1.0, step) for place in taken])
    weights = b"%08d" % step + os.urandom(size)
    files = {CHECKPOINT: weights, "best.safetensors": weights}
    registry.store_checkpoint(run, files, step=step, **FIGURES)


def _has_checkpoint(registry, row):
    return CHECKPOINT in {file.name for file in registry.artifacts(row.id)}


def _weights(place, reference):
    registry = place.open()
    return registry.read_artifact(registry.find(reference), "best.safetensors")


def _resume(place, run_id):
    resumed = Worker(lambda _: _textgen(place, "resume", run_id), place.folder, name="resumed")
    if resumed.end():
        raise Broken(f"{run_id} cannot be resumed: {resumed.printed()}")


def _textgen(place, *words):
    from textgen.cli.main import main

    sys.argv = ["textgen", *words, "--registry", str(place.registry)]
    main()
