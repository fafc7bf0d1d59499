"""What a model is given in training: tokens in their order, and the state that belongs to them.

This module is a plugin too: its model keeps what it is given. The text is an alphabet of distinct
characters in order, so that a token's id is its place in the text.
"""

from importlib.metadata import EntryPoint, entry_points
from itertools import pairwise

import pytest
import torch
from torch import nn

from textgen import Component, hookimpl
from textgen.plugins import Plugins
from textgen.plugins.entry_points import GROUP

given = []


class Attentive(nn.Module):
    """Predicts from the last token alone; its state is the last tokens that it read."""

    def __init__(self, vocab_size):
        super().__init__()
        self.table = nn.Embedding(vocab_size, vocab_size)

    def forward(self, tokens, state=None):
        if self.training:
            given.append((tokens.clone(), None if state is None else state.clone()))
        return self.table(tokens), tokens[:, -1]


def build(vocab_size, options):
    return Attentive(vocab_size)


@hookimpl
def textgen_models():
    yield Component("attentive", summary="keeps what it is given", factory=f"{__name__}:build")


@hookimpl
def textgen_run_started(event):
    """Forget what the run was rehearsed with."""
    del given[event.first_step :]


@pytest.fixture
def plugins():
    """The installed plugins and this module."""
    return Plugins([*entry_points(group=GROUP), EntryPoint("attentive", __name__, GROUP)])


FP32 = {"precision": "fp32"}  # any other is tried beforehand


@pytest.fixture
def read(settings_for, execute, text_file):
    """Trains the model; returns the tokens and the state that each step gave it."""
    text_file.write_text("".join(chr(0x4E00 + place) for place in range(150)))

    def steps(seed=1, stop_at=(), **training):
        layer = {
            "batch_size": 3,
            "sequence_length": 8,
            "validation_fraction": 0,
            **FP32,
            **training,
        }
        settings = settings_for(model="attentive", training=layer, sample={"length": 0}, seed=seed)
        given.clear()
        part = None
        for stop in stop_at:
            part = execute(settings, stop_at=stop, earlier=part)
        plan = execute(settings, earlier=part).started.plan
        assert len(given) == plan.steps
        return list(given), plan.steps_per_epoch

    return steps


def begins(steps, steps_per_epoch):
    """Return where the first stream of every epoch begins."""
    return [int(tokens[0, 0]) for tokens, _ in steps[::steps_per_epoch]]


@pytest.mark.parametrize("stop_at", [(), (2, 5)], ids=["in one go", "resumed twice"])
def test_a_stream_is_given_the_state_in_which_it_ended(read, stop_at):
    """Nothing in the first step of an epoch; from then on the state that the last step left."""
    steps, steps_per_epoch = read(epochs=3, stop_at=stop_at)
    assert steps_per_epoch > 2
    assert [state is None for _, state in steps] == [
        step % steps_per_epoch == 0 for step in range(len(steps))
    ]
    for (before, _), (tokens, state) in pairwise(steps):
        if state is not None:
            assert torch.equal(state, before[:, -1])
            assert torch.equal(state + 1, tokens[:, 0])


@pytest.mark.parametrize("objective", ["all-steps", "last-step"])
def test_a_window_is_never_given_a_state(read, objective):
    steps, _ = read(epochs=2, batching="windows", objective=objective)
    assert {state for _, state in steps} == {None}


def test_streams_are_cut_elsewhere_in_every_epoch(read):
    """The first tokens of a piece are read with little before them: not always the same ones."""
    steps, steps_per_epoch = read(epochs=20)
    offsets = begins(steps, steps_per_epoch)
    assert len(set(offsets)) > 4
    assert set(offsets) <= set(range(8))


def test_where_streams_are_cut_follows_the_seed(read):
    one, same, other = (begins(*read(seed, epochs=10)) for seed in (1, 1, 2))
    assert one == same != other
