"""What a run reads, for tests that go through its steps by hand."""

import pytest
import torch

from textgen.pipeline import build_batches


@pytest.fixture
def places_read():
    """Returns where in the training text each step of a run reads, ``[B, T]`` per step.

    Nothing else in these tests knows how batches are made or asked for.
    """

    def places(settings, training_tokens):
        options = settings.training
        batches = build_batches(options, torch.arange(training_tokens), settings.seed)
        steps = options.epochs * batches.steps_per_epoch
        return [batches.gather(batches.at(step).starts)[0] for step in range(steps)]

    return places
