"""Holding a run: one process at a time, and none for ever."""

import subprocess
import sys

import pytest

from textgen.errors import RegistryError
from textgen_registry import hold, is_held

HOLDER = """
import sys
from pathlib import Path
from textgen_registry import hold
lock = hold(Path(sys.argv[1]), "a-run")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path):
    """A process that holds a run until it dies."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_what_another_process_holds_is_refused(holder, tmp_path):
    assert is_held(tmp_path, "a-run")
    assert not is_held(tmp_path, "another")
    with pytest.raises(RegistryError, match=r"a-run.*being trained by another process"):
        hold(tmp_path, "a-run")


def test_a_process_that_is_killed_lets_go(holder, tmp_path):
    holder.kill()
    holder.wait()
    assert not is_held(tmp_path, "a-run")
    hold(tmp_path, "a-run").release()


def test_to_ask_makes_nothing(tmp_path):
    assert not is_held(tmp_path / "registry", "a-run")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_used_is_an_error_for_people(tmp_path):
    (tmp_path / "locks").write_text("a file")
    with pytest.raises(RegistryError, match=str(tmp_path)):
        hold(tmp_path, "a-run")
