"""A run that goes wrong late: the commands that use it take its best weights, not its last."""

import os
from pathlib import Path

import pytest
import torch

from textgen.cli.workspace import file_reader, recorded_settings
from textgen.pipeline import load_trained
from textgen.plugins import load_plugins
from textgen.training.checkpoints import BEST, LAST, unpack
from textgen_registry import Registry

# The learning rate rises to the end: the model learns at first and is ruined then.
RUINED = [
    *("--epochs", 8),
    *("--set", "training.warmup=1"),
    *("--set", "training.learning_rate=1"),
    *("--set", "training.evaluate_every=1"),
]


@pytest.fixture
def registry(tiny):
    """A registry with such a run."""
    assert tiny(*RUINED).code == 0
    return Registry(Path(os.environ["TEXTGEN_REGISTRY"]))


@pytest.fixture
def record(registry):
    return registry.find("latest")


@pytest.fixture
def read(registry, record):
    """Reads the run's files."""
    return file_reader(registry, record)


@pytest.fixture
def likeliest(record, read):
    """Returns what a plain loop writes with some weights, the likeliest character every time."""
    trained = load_trained(recorded_settings(load_plugins(), record), read, "cpu")

    @torch.no_grad()
    def text(weights, prompt, length):
        trained.model.load_state_dict(weights)
        ids = trained.tokenizer.encode(prompt).tolist()
        for _ in range(length):
            logits, _ = trained.model(torch.tensor([ids]))
            ids.append(int(logits[0, -1].argmax()))
        return trained.tokenizer.decode(torch.tensor(ids).numpy())

    return text


def test_generate_writes_with_the_best_weights(textgen, read, likeliest):
    words = ["--prompt", "one, two", "--length", 60, "--temperature", 0]
    written = textgen("generate", "latest", *words, "--seed", 1).out
    best, last = unpack(read(BEST)), unpack(read(LAST))["stepper"]["model"]
    assert written == likeliest(best, "one, two", 60) + "\n"
    assert written != likeliest(last, "one, two", 60) + "\n"


def test_evaluate_finds_the_best_loss_again(textgen, registry, record):
    losses = [point.value for point in registry.metrics(record.id, "validation_loss")]
    assert min(losses) < losses[-1] / 1.2
    report = textgen("evaluate", "latest", "--json").json
    assert report["validation_loss"] == pytest.approx(min(losses), rel=1e-6)
