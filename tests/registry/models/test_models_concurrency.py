"""Several processes register versions at a time, also of a run that is being trained."""

from __future__ import annotations

import subprocess
import sys

import pytest

from textgen_registry import NamedModels

REGISTRAR = """
import sys
from textgen_registry import NamedModels, Registry

registry = Registry(sys.argv[1])
run = registry.find("trained")
for _ in range(10):
    print(NamedModels(registry).register(run, "alice", again=True).version.number)
"""

TRAINER = """
import sys
from textgen_registry import Registry

registry = Registry(sys.argv[1])
registry.hold(sys.argv[2])
for step in range(1, 81):
    files = {"last.safetensors": b"%d" % step, "best.safetensors": b"%d best" % step}
    registry.store_checkpoint(
        sys.argv[2], files, step=step, summary={"step": step}, best_loss=step, bits_per_char=step
    )
    print(step, flush=True)
"""


@pytest.fixture
def start(registry):
    """Starts a program that works on the registry."""

    def begin(program, *arguments):
        words = [sys.executable, "-W", "error", "-c", program, registry.location, *arguments]
        return subprocess.Popen(
            list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    return begin


def test_four_processes_that_register_at_once_get_forty_numbers(registry, make_run, start):
    run = make_run("trained")
    registry.put_artifacts(run.id, {"last.safetensors": b"1"})
    processes = [start(REGISTRAR) for _ in range(4)]
    results = [process.communicate() for process in processes]
    assert [err for _, err in results] == [""] * 4
    numbers = [int(line) for out, _ in results for line in out.split()]
    assert sorted(numbers) == list(range(1, 41))
    assert [version.number for version in NamedModels(registry).versions("alice")] == sorted(
        numbers
    )
    given = [event.after for event in NamedModels(registry).history("alice")]
    assert given == sorted(numbers)


def test_versions_of_a_run_that_goes_on_keep_the_files_that_go_with_their_figures(
    registry, make_run, objects, start
):
    """The trainer drops what it replaces; registering reads files that may vanish meanwhile."""
    run, models = make_run("trained"), NamedModels(registry)
    registry.release(run.id)
    trainer = start(TRAINER, run.id)
    trainer.stdout.readline()
    while trainer.poll() is None:
        models.register(registry.find("trained"), "alice")
    assert trainer.communicate()[1] == ""
    models.register(registry.find("trained"), "alice")
    versions = models.versions("alice")
    assert versions[-1].step == 80
    assert len(versions) > 1
    for version in versions:
        found, step = registry.find(str(version.name)), version.step
        assert registry.read_artifact(found, "last.safetensors") == b"%d" % step
        assert registry.read_artifact(found, "best.safetensors") == b"%d best" % step
        assert (version.bits_per_char, version.summary) == (step, {"step": step})
    assert len(objects()) == 2 * len(versions)
