"""Holding a run: one process at a time, and none for ever."""

import subprocess
import sys

import pytest

from textgen.errors import RegistryError, RunNotFoundError

HOLDER = """
import sys
from textgen_registry import Registry
registry = Registry(sys.argv[1])
registry.hold(sys.argv[2])
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def run(registry, make_run):
    """A run that is running and that nobody holds."""
    run = make_run()
    registry.release(run.id)
    return run


@pytest.fixture
def holder(registry, run):
    """A process that holds the run until it dies."""
    command = [sys.executable, "-c", HOLDER, str(registry.location), run.id]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


@pytest.mark.usefixtures("holder")
def test_what_another_process_holds_is_refused(registry, make_run, run):
    other = make_run()
    registry.release(other.id)
    assert (registry.is_held(run.id), registry.is_held(other.id)) == (True, False)
    with pytest.raises(RegistryError, match="being trained by another process"):
        registry.hold(run.id)
    assert registry.find(run.id).status == "running"


def test_a_process_that_is_killed_lets_go_and_its_run_is_lost(registry, run, holder):
    holder.kill()
    holder.wait()
    assert not registry.is_held(run.id)
    assert registry.find(run.id).status == "lost"
    assert [row.status for row in registry.runs()] == ["lost"]
    registry.hold(run.id)
    assert registry.find(run.id).status == "running"


def test_who_does_not_hold_a_run_writes_nothing_to_it(registry, run):
    figures = {"step": 1, "summary": {}, "best_loss": None, "bits_per_char": None}
    for write in (
        lambda: registry.add_metrics(run.id, []),
        lambda: registry.put_artifacts(run.id, {"a": b"1"}),
        lambda: registry.store_checkpoint(run.id, {}, **figures),
        lambda: registry.set_sample(run.id, "a", "b"),
        lambda: registry.resume_run(run.id, 1, environment={}, parts={}),
        lambda: registry.finish_run(run.id, status="failed", reason="", **figures),
    ):
        with pytest.raises(RegistryError, match="hold it before writing"):
            write()
    assert registry.artifacts(run.id) == []


def test_to_ask_makes_nothing(registry):
    assert not registry.is_held("a-run")
    with pytest.raises(RunNotFoundError):
        registry.hold("a-run")
    assert not registry.location.path.exists()


def test_a_folder_that_cannot_be_used_is_an_error_for_people(registry, run):
    locks = registry.location.path / "locks"
    for file in locks.iterdir():
        file.unlink()
    locks.rmdir()
    locks.write_text("a file")
    with pytest.raises(RegistryError, match=str(registry.location)):
        registry.hold(run.id)
