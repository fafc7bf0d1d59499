"""Runs of models made up for a test, and what a run reads where tests go through it by hand."""

import dataclasses
import sys
from types import ModuleType

import pytest
import torch

from textgen.chosen import Choice
from textgen.components import Component, Kind
from textgen.options import Options
from textgen.pipeline import build_batches
from textgen.plugins.provided import Provided, Provider
from textgen.runs import Run


@pytest.fixture
def settings_of(settings_for, monkeypatch):
    """Makes the settings of a tiny run of a given model class, as if a plugin provided it."""
    module = ModuleType("odd_models")
    monkeypatch.setitem(sys.modules, "odd_models", module)

    def make(model, **changes):
        module.build = lambda vocab_size, options: model(vocab_size)
        component = Component("odd", "an odd model", factory="odd_models:build")
        provided = Provided(Kind.MODEL, component, Provider("odd", "textgen-odd", "3.2"))
        settings = settings_for(**changes)
        choice = Choice("odd", "", provided, Options())
        return dataclasses.replace(settings, parts={**settings.parts, Kind.MODEL: choice})

    return make


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


@pytest.fixture
def prepared(settings_for):
    """Prepares a tiny run with changes to its settings."""
    return lambda **changes: Run(settings_for(**changes), announce=lambda event: None)


@pytest.fixture
def rehearsed(prepared):
    """Prepares a tiny run and rehearses it."""

    def run(**changes):
        made = prepared(**changes)
        made.rehearse()
        return made

    return run
