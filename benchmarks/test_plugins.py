"""What ten more plugins cost a listing, one of which is slow where it is allowed to be.

Run by `make bench`; the two of the group are to be read as a ratio, which should stay below 1.5.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PLUGIN = """
from collections.abc import Iterator

from textgen import Component, Options, hookimpl, option


class NetOptions(Options):
    hidden_size: int = option(256, "size of the hidden state", unit="units", ge=1)
    dropout: float = option(0.1, "dropout between layers", ge=0, lt=1)


@hookimpl
def textgen_models() -> Iterator[Component]:
    yield Component("{name}", "a model", "{module}_model:build", NetOptions)
"""
SLOW = "import time\ntime.sleep(1)\ndef build(vocab_size, options): ...\n"
RUNS = {"rounds": 15, "warmup_rounds": 2}


@pytest.fixture
def ten(tmp_path):
    """A folder with ten installed plugins; importing the factory of the last takes a second."""
    for number in range(10):
        name, module = f"net-{number}", f"textgen_net_{number}"
        (tmp_path / f"{module}.py").write_text(PLUGIN.format(name=name, module=module))
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: textgen-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[textgen]\n{name} = {module}\n")
    (tmp_path / f"{module}_model.py").write_text(SLOW)
    return tmp_path


def plugins_list(folder=""):
    """Return what lists plugins, those in ``folder`` too; they are counted to be sure of it."""
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-m", "textgen", "plugins", "list"]

    def run():
        done = subprocess.run(
            command, env={**os.environ, "PYTHONPATH": path}, check=True, capture_output=True
        )
        assert done.stdout.count(b"textgen-net-") == (20 if folder else 0)

    return run


@pytest.mark.benchmark(group="textgen plugins list")
class TestListing:
    def test_ten_more_plugins(self, benchmark, ten):
        benchmark.pedantic(plugins_list(ten), **RUNS)

    def test_built_in_parts(self, benchmark):
        benchmark.pedantic(plugins_list(), **RUNS)
