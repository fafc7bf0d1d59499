"""Runs with checkpoints, and models that were made of them."""

from __future__ import annotations

import pytest

from textgen_registry import NamedModels

WEIGHTS = "last.safetensors"


@pytest.fixture
def models(registry):
    return NamedModels(registry)


@pytest.fixture
def checkpoint(registry):
    """Stores a checkpoint of a run; its weights are the number of its step."""

    def store(run, step, *, bits=None):
        registry.store_checkpoint(
            run.id,
            {WEIGHTS: b"%d" % step, "tokenizer.json": b"{}"},
            step=step,
            summary={"best_step": step},
            best_loss=None if bits is None else bits / 2,
            bits_per_char=bits,
        )

    return store


@pytest.fixture
def trained(make_run, checkpoint):
    """Makes a run with a checkpoint."""

    def make(name=None, *, step=1, bits=2.0):
        run = make_run(name)
        checkpoint(run, step, bits=bits)
        return run

    return make


@pytest.fixture
def three(models, trained):
    """The model `alice` with three versions of three runs, of 3, 1 and 2 bits per character."""
    runs = [trained(f"run-{bits}", step=bits * 10, bits=float(bits)) for bits in (3, 1, 2)]
    return [models.register(run, "alice").version for run in runs]
