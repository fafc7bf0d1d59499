"""Tiny real parts for the framework's own tests."""

import pytest
import torch

from textgen.plugins import load_plugins
from textgen.settings import merge_layers, resolve

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
