"""Figures on their way: errors of one run are no other's, and nothing is lost that can be kept."""

from __future__ import annotations

import os
import shutil
import time

import pytest

from textgen.errors import LeaseLostError, RegistryError, RunNotFoundError
from textgen_registry import MetricPoint, Registry
from textgen_registry.runs import metric_buffer


def points(count, first=0):
    return [MetricPoint(step, 0.0, "loss", 1.0, step) for step in range(first, first + count)]


def steps(registry, run):
    return [point.step for point in registry.metrics(run.id)]


@pytest.fixture
def soon(monkeypatch):
    """Figures wait for a hundredth of a second, not for one."""
    monkeypatch.setattr(metric_buffer, "LONGEST_SECONDS", 0.01)


@pytest.fixture
def failing(registry, monkeypatch):
    """A registry whose disk is full, as far as its figures are concerned, until it is freed."""
    failing = [RegistryError("the disk is full")]
    write = registry.database.write

    def fail(work):
        for error in failing:
            raise error
        return write(work)

    monkeypatch.setattr(registry.database, "write", fail)
    return failing


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_run_that_is_gone_keeps_no_other_from_being_written(registry, make_run, soon):
    gone, kept = make_run(), make_run()
    registry.add_metrics(gone.id, points(5))
    registry.add_metrics(kept.id, points(5))
    Registry(registry.location.path).delete_run(gone.id)
    wait_for(lambda: len(Registry(registry.location.path).metrics(kept.id)) == 5)
    registry.add_metrics(kept.id, points(5, first=5))
    registry.put_artifacts(kept.id, {"last": b"weights"})
    assert steps(registry, kept) == list(range(10))
    with pytest.raises(RunNotFoundError, match="in the trash"):
        registry.add_metrics(gone.id, points(1))


def test_figures_that_could_not_be_stored_for_a_while_are_stored_later(
    registry, make_run, failing, soon
):
    failing.clear()
    run = make_run()
    failing.append(RegistryError("the disk is full"))
    registry.add_metrics(run.id, points(3))
    wait_for(lambda: registry._metrics._waiting.untold)
    with pytest.raises(RegistryError, match="disk is full"):
        registry.add_metrics(run.id, points(3, first=3))
    failing.clear()
    registry.add_metrics(run.id, points(3, first=6))
    assert steps(registry, run) == list(range(9))


def test_who_lost_a_run_while_nobody_listened_is_told_at_the_next_call(registry, make_run, soon):
    run = make_run()
    registry.add_metrics(run.id, points(3))
    registry._leases.release(run.id)
    taker = Registry(registry.location.path)
    taker.hold(run.id)
    registry._leases._held.taken_over.add(run.id)
    wait_for(lambda: registry._metrics._waiting.untold)
    with pytest.raises(LeaseLostError, match="taken over"):
        registry.metrics(run.id)
    assert steps(registry, run) == []


def test_figures_of_a_registry_whose_folder_is_gone_do_not_bring_it_back(registry, make_run):
    run = make_run()
    registry.add_metrics(run.id, points(3))
    shutil.rmtree(registry.location.path)
    for use in (
        registry.flush,
        lambda: registry.put_artifacts(run.id, {"last": b""}),
        lambda: registry.find(run.id),
        lambda: registry.delete_run(run.id),
    ):
        with pytest.raises(RunNotFoundError, match="holds none yet"):
            use()
    assert not registry.location.path.exists()


def in_a_fork(work):
    """Return what ``work`` returns, in words, in a forked process that ends like any other."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(work()).encode())
        except BaseException as error:
            os.write(writing, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        answer = said.read().decode()
    os.waitpid(child, 0)
    return answer


def test_a_forked_process_holds_no_run_and_stores_no_figures_of_its_parent(any_registry, make_run):
    run = make_run(into=any_registry)
    any_registry.add_metrics(run.id, points(3))
    with any_registry._metrics._waiting.lock:  # as when a thread was storing at that moment

        def work():
            any_registry._metrics.flush_at_the_end()
            assert any_registry.is_held(run.id)
            any_registry.add_metrics(run.id, points(3, first=3))

        assert "is not held" in in_a_fork(work)
    assert any_registry.is_held(run.id)
    any_registry.add_metrics(run.id, points(3, first=6))
    assert steps(any_registry, run) == [0, 1, 2, 6, 7, 8]
