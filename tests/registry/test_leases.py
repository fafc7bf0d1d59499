"""Who holds a run writes to it, nobody else does, and a run that lost its process is taken once."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import update

from textgen.errors import LeaseLostError, RegistryError
from textgen_registry import MetricPoint
from textgen_registry.database.file_locks import FileLocks
from textgen_registry.database.schema import run as run_table

ENDING = {"step": 1, "summary": {}, "reason": "", "best_loss": None, "bits_per_char": None}
START = """
import sys
from textgen.errors import RegistryError
from textgen_registry import MetricPoint, Registry
registry, run_id = Registry(sys.argv[1]), sys.argv[2]
points = [MetricPoint(step, 0.0, "loss", 1.0, step) for step in range(300)]
def say(word):
    print(word, flush=True)
"""
TAKER = (
    START
    + """
say("ready")
sys.stdin.readline()
try:
    registry.hold(run_id)
    registry.resume_run(run_id, 0, environment={"pid": 1}, parts={})
    say("taken")
except RegistryError as error:
    say(error)
sys.stdin.readline()
"""
)
WRITER = (
    START
    + """
registry.hold(run_id)
registry.add_metrics(run_id, points[:100])
registry.add_metrics(run_id, points[100:130])
say("held")
for line in sys.stdin:
    try:
        registry.add_metrics(run_id, points[130:])
        say("written")
    except RegistryError as error:
        say(f"{type(error).__name__}: {error}")
"""
)


@pytest.fixture
def run(registry, make_run):
    """A run whose process has died, as far as its row tells."""
    run = make_run("alice")
    registry.release(run.id)
    return run


@pytest.fixture
def start(registry, run):
    """Starts a program on the registry and the run, waits for its first line, and ends it."""
    begun = []

    def start(program):
        command = [sys.executable, "-W", "error", "-c", program, registry.location.path, run.id]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        process = subprocess.Popen(list(map(str, command)), text=True, **pipes)
        begun.append(process)
        process.stdout.readline()
        return process

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def ask(process):
    """Let a program go on, and return what it says next."""
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline()


def steal(registry, run_id):
    """Give a run's row the token of another, as whoever takes a run over does."""
    taken = update(run_table).where(run_table.c.id == run_id).values(lease="another's")
    registry.database.write(lambda connection: connection.execute(taken))


def test_a_run_whose_process_was_killed_is_lost_until_it_is_taken(registry, run, start):
    assert registry.find(run.id).status == "lost"
    writer = start(WRITER)
    assert registry.find(run.id).status == registry.runs()[0].status == "running"
    writer.kill()
    writer.wait()
    assert registry.find(run.id).status == registry.runs()[0].status == "lost"
    assert not registry.is_held(run.id)


def test_of_takers_that_start_at_once_exactly_one_resumes_a_lost_run(registry, run, start):
    takers = [start(TAKER) for _ in range(3)]
    for taker in takers:
        taker.stdin.write("\n")
        taker.stdin.flush()
    for _ in range(20):  # to ask who holds it stands in nobody's way
        registry.runs()
    said = sorted(taker.stdout.readline().strip() for taker in takers)
    assert said.count("taken") == 1
    assert all("being trained by another process" in line for line in said if line != "taken")
    assert registry.find(run.id).status == "running"
    assert [session.number for session in registry.sessions(run.id)] == [1, 2]


def test_a_holder_whose_lease_was_taken_can_write_no_more_and_says_so(registry, run, start):
    writer = start(WRITER)
    steal(registry, run.id)
    refusal = ask(writer)
    assert refusal.startswith("LeaseLostError")
    assert "taken over by another process" in refusal
    _, err = writer.communicate(timeout=30)
    assert (writer.returncode, err) == (0, "")
    assert len(registry.metrics(run.id)) == 100


def test_nothing_of_a_run_is_written_by_one_that_lost_it(registry, make_run):
    run = make_run()
    registry.put_artifacts(run.id, {"last": b"before"})
    steal(registry, run.id)
    for write in (
        lambda: registry.put_artifacts(run.id, {"last": b"after"}),
        lambda: registry.store_checkpoint(
            run.id, {}, step=9, summary={}, best_loss=None, bits_per_char=None
        ),
        lambda: registry.set_sample(run.id, "a", "b"),
        lambda: registry.resume_run(run.id, 0, environment={}, parts={}),
        lambda: registry.finish_run(run.id, status="finished", **ENDING),
    ):
        with pytest.raises(LeaseLostError, match="taken over"):
            write()
    now = registry.find(run.id)
    assert (now.status, now.step, now.sample_text) == ("lost", 0, None)
    assert registry.read_artifact(run.id, "last") == b"before"


def test_nobody_writes_to_a_run_without_holding_it(registry, run):
    with pytest.raises(RegistryError, match="hold it before writing"):
        registry.add_metrics(run.id, [MetricPoint(1, 0.0, "loss", 1.0, 1)])
    assert registry.metrics(run.id) == []


def test_a_killed_process_loses_fewer_than_a_hundred_points(registry, run, start):
    writer = start(WRITER)
    writer.kill()
    writer.wait()
    assert len(registry.metrics(run.id)) in (100, 130)


def test_what_has_come_is_stored_after_a_while_without_being_asked_for(registry, run, start):
    writer = start(WRITER)
    deadline = time.monotonic() + 30
    while len(registry.metrics(run.id)) < 130 and time.monotonic() < deadline:
        time.sleep(0.05)
    writer.kill()
    writer.wait()
    assert len(registry.metrics(run.id)) == 130


def test_a_run_deleted_by_force_tells_its_process_which_then_ends_in_peace(registry, run, start):
    writer = start(WRITER)
    registry.delete_run(run.id)
    assert f"textgen runs restore {run.id}" in ask(writer)
    _, err = writer.communicate(timeout=30)
    assert (writer.returncode, err) == (0, "")


CLAIMER = """
import os, sys, time
from pathlib import Path
from threading import Timer
from textgen_registry.database.file_locks import FileLocks
locks, sign = FileLocks(Path(sys.argv[1])), Path(sys.argv[1], "in-here")
deadline, claims = time.monotonic() + 1, 0
while time.monotonic() < deadline:
    claim = locks.claim("a-run")
    if claim is not None:
        os.close(os.open(sign, os.O_CREAT | os.O_EXCL))
        claims += 1
        sign.unlink()
        claim.release()
print(claims)
"""


def test_a_claim_is_one_process_s_also_while_lock_files_are_removed(tmp_path):
    locks = FileLocks(tmp_path)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", CLAIMER, str(tmp_path)]
    claimers = [subprocess.Popen(command, **pipes) for _ in range(2)]
    while any(claimer.poll() is None for claimer in claimers):
        locks.forget("a-run")
    for out, err in [claimer.communicate() for claimer in claimers]:
        assert err == ""
        assert int(out) > 0


def test_a_claim_waits_a_moment_for_whoever_only_asks_and_any_thread_may_release_one(tmp_path):
    asking = FileLocks(tmp_path).claim("a-run")
    Timer(0.1, asking.release).start()
    claim = FileLocks(tmp_path).claim("a-run")
    assert claim is not None
    assert FileLocks(tmp_path).claim("a-run") is None
    claim.release()


def test_the_lock_file_of_a_claimed_run_stays(tmp_path):
    locks = FileLocks(tmp_path)
    claim = locks.claim("a-run")
    FileLocks(tmp_path).forget("a-run")
    assert FileLocks(tmp_path).claimed(["a-run"]) == {"a-run"}
    claim.release()
    locks.forget("a-run")
    assert list(Path(tmp_path).iterdir()) == []
    locks.forget("a-run")
