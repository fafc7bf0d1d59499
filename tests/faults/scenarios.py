"""What is killed: a training, a writer of checkpoints, a migration.

A scenario prepares a folder, works in it, and may go on after it was killed. It works in a process
that was forked, so that most kills fall into the work and few into its beginning.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

from checks import CHECKPOINT, Broken
from forking import begin, end

from textgen_registry import MetricPoint, Registry

FIRST_RELEASE = Path(__file__).parents[1] / "registry" / "first_release"
RHYME = "one, two, buckle my shoe; three, four, open the door. " * 28
SETTINGS = {
    "source": "file:rhyme.txt",
    "tokenizer": "char",
    "model": "lstm-stacked",
    "sampler": "stateful",
    "config": {"model": {"hidden_size": 12}, "seed": 1},
    **{key: {"a": 1} for key in ["parts", "provenance", "environment", "plan"]},
}


class Scenario:
    """One kind of work.

    Attributes:
        name: What it is called in the table.
        resume_every: How often the work is gone on with, which takes longer than a kill.
    """

    name = ""
    resume_every = 1

    def prepare(self, place):
        """Make what the work begins with, in a folder that is not there yet."""
        place.mkdir()

    def work(self, place, acknowledge):
        """Do the work; tell what is stored for good by then. Return an exit code, or None."""
        raise NotImplementedError

    def go_on(self, place, whole):
        """Go on after a kill; return how many runs are whole now that were not.

        Args:
            place: Where the work was killed.
            whole: Where it was done without being killed.

        Raises:
            Broken: It does not come to the same.
        """
        return 0


class Training(Scenario):
    """`textgen run`, and `textgen resume` afterwards."""

    name = "training"
    resume_every = 5

    def prepare(self, place):
        import textgen.runs  # noqa: F401  (once here, not in each process)

        super().prepare(place)
        (place / "rhyme.txt").write_text(RHYME)

    def work(self, place, acknowledge):
        options = {"model.hidden_size": 12, "training.batch_size": 4}
        options |= {"training.sequence_length": 10, "training.evaluate_every": 0.2}
        options |= {"training.validation_fraction": 0.2}
        words = [word for key, value in options.items() for word in ("--set", f"{key}={value}")]
        source = ("--source", f"file:{place / 'rhyme.txt'}", "--device", "cpu", "--epochs", "6")
        return _textgen(place, "run", *source, *words)

    def go_on(self, place, whole):
        registry = Registry(place / "registry")
        lost = registry.runs(status="lost")
        for row in lost:
            if CHECKPOINT not in {file.name for file in registry.artifacts(row.id)}:
                return 0
            printed = place / "printed-resumed"
            if end(begin(lambda run_id=row.id: _textgen(place, "resume", run_id), printed)):
                raise Broken(f"{row.id} cannot be resumed: {printed.read_text()}")
            if _weights(registry, row.id) != _weights(Registry(whole / "registry"), "latest"):
                raise Broken(f"{row.id}, resumed, has not the weights of a run that was not killed")
        return len(lost)


class Checkpointing(Scenario):
    """A writer of runs, figures and checkpoints, as a program of its own."""

    name = "checkpointing"

    def work(self, place, acknowledge):
        registry = Registry(place / "registry")
        for _ in range(3):
            run = registry.create_run(name=None, **SETTINGS).id
            acknowledge(run=run)
            for step in range(1, 9):
                _one_step(registry, run, step)
                acknowledge(run=run, points=40 * step, checkpoint=step)
            figures = {"best_loss": 1.0, "bits_per_char": 1.0}
            registry.finish_run(run, status="finished", step=8, summary={}, reason="", **figures)
            acknowledge(run=run, points=320, checkpoint=8, finished=True)


class Migration(Scenario):
    """The first look at a registry of the first release."""

    name = "migration"

    def prepare(self, place):
        super().prepare(place)
        shutil.copytree(FIRST_RELEASE, place / "registry")

    def work(self, place, acknowledge):
        for row in Registry(place / "registry").runs():
            acknowledge(run=row.id)


SCENARIOS = [Training(), Checkpointing(), Migration()]


def _one_step(registry, run, step):
    points = [MetricPoint(40 * step + place, 0.0, "loss", 1.0, step) for place in range(40)]
    registry.add_metrics(run, points)
    weights = b"%08d" % step + os.urandom(200_000)
    files = {CHECKPOINT: weights, "best.safetensors": weights}
    figures = {"best_loss": 1.0, "bits_per_char": 1.0}
    registry.store_checkpoint(run, files, step=step, summary={}, **figures)


def _weights(registry, reference):
    run = registry.find(reference)
    return hashlib.sha256(registry.read_artifact(run.id, "best.safetensors")).hexdigest()


def _textgen(place, *words):
    from textgen.cli.main import main

    sys.argv = ["textgen", *words, "--registry", str(place / "registry")]
    main()
