"""Tiny real parts for the framework's own tests."""

import pytest
import torch

from textgen.announcing import Announcer
from textgen.layers import merge_layers
from textgen.plugins import load_plugins
from textgen.runs import Run
from textgen.settings import resolve

TINY = {
    "model": {"use": "lstm-stacked", "hidden_size": 12, "dropout": 0.3},
    "training": {
        "batch_size": 4,
        "sequence_length": 10,
        "epochs": 3,
        "validation_fraction": 0.2,
    },
    "sample": {"length": 20},
    "device": "cpu",
}


@pytest.fixture(scope="session")
def plugins():
    return load_plugins()


@pytest.fixture
def text_file(tmp_path):
    """A text with structure to learn, 1,500 characters long."""
    path = tmp_path / "rhyme.txt"
    path.write_text("one, two, buckle my shoe; three, four, open the door. " * 28)
    return path


@pytest.fixture
def settings_for(plugins, text_file):
    """Makes the settings of a tiny run, with changes laid over them."""

    def make(**changes):
        layers = [plugins.recipe("default").settings, {"source": f"file:{text_file}"}, TINY]
        return resolve(plugins, [merge_layers(*layers, changes)])

    return make


@pytest.fixture(autouse=True)
def _single_thread():
    """One thread, so that tiny tensors are not slowed by sharing them out."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class Listener:
    """Keeps what a run announces, as the registry's recorder does."""

    def __init__(self):
        self.metrics, self.files, self.started, self.sample = [], {}, None, None
        self.finished, self.checkpoint_steps, self.complaints = None, [], []

    def textgen_run_started(self, event):
        self.started = event
        self.files |= event.files

    def textgen_metrics(self, event):
        figures = {key: value for key, value in event.values.items() if key != "seconds"}
        self.metrics.append((event.step, figures))

    def textgen_checkpoint(self, event):
        self.files |= event.files
        self.checkpoint_steps.append(event.step)

    def textgen_sample(self, event):
        self.sample = event

    def textgen_run_finished(self, event):
        self.finished = event


@pytest.fixture
def heard():
    """What every run of the test announced, in order."""
    return []


@pytest.fixture
def heard_last(heard):
    """What the last run announced, also if it failed."""
    return lambda: heard[-1]


@pytest.fixture
def execute(plugins, heard):
    """Executes a run, stopped after a number of steps or resumed from an earlier session."""

    def go(settings, *, stop_at=None, earlier=None):
        heard.append(listener := Listener())
        announce = Announcer(plugins.manager, complain=listener.complaints.append)
        announce.listen(listener)
        run = Run(settings, announce=announce)
        if earlier is not None:
            status = earlier.finished.status
            provenance = earlier.started.provenance
            run.resume(earlier.files.get, provenance=provenance, status=status)
            listener.files = dict(earlier.files)
        first = run.steps_taken
        run.execute(lambda: stop_at is not None and run.steps_taken - first >= stop_at)
        listener.notes = run.notes
        return listener

    return go
