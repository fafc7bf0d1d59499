"""A registry on a real PostgreSQL server: one state, claims, crashes, forked processes."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select

from textgen.errors import RegistryError
from textgen_registry import Registry
from textgen_registry.database import schema

PREAMBLE = """
import sys
from textgen_registry import MetricPoint, Registry
registry = Registry(sys.argv[1])
texts = {key: {"name": key} for key in ("config", "parts", "provenance", "environment", "plan")}
parts = {"source": "file:x", "tokenizer": "char", "model": "m", "sampler": "s"}
def create(name=None):
    return registry.create_run(name=name, **parts, **texts)
"""
MAKER = f"""{PREAMBLE}
for _ in range(5):
    run = create()
    registry.add_metrics(run.id, [MetricPoint(step, 0.0, "loss", 1.0, 1) for step in range(150)])
    registry.finish_run(
        run.id, status="finished", step=5, summary={{}}, reason="", best_loss=1.0, bits_per_char=1.0
    )
"""
HOLDER = f"""{PREAMBLE}
print(create("held").id, flush=True)
sys.stdin.readline()
"""
TAKER = f"""{PREAMBLE}
from textgen.errors import RegistryError
sys.stdin.readline()
try:
    registry.hold(sys.argv[2])
except RegistryError as error:
    print("refused" if "another process" in str(error) else error, flush=True)
else:
    print("taken", flush=True)
sys.stdin.readline()
"""
# Says what has been stored for certain, and nothing else.
WRITER = f"""{PREAMBLE}
run = create("written")
print("run", run.id, flush=True)
for step in range(100_000):
    registry.add_metrics(run.id, [MetricPoint(step, 0.0, "loss", float(step), step)])
    registry.put_artifacts(run.id, {{"last": b"%d" % step}})
    print("step", step, flush=True)
"""


@contextlib.contextmanager
def process(script, *words):
    command = [sys.executable, "-W", "error", "-c", script, *words]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as started:
        try:
            yield started
        finally:
            started.kill()


@pytest.fixture
def registry(url):
    return Registry(url)


def test_processes_that_make_the_schema_at_once_lose_nothing(postgresql):
    url = postgresql.empty_database()
    with contextlib.ExitStack() as stack:
        makers = [stack.enter_context(process(MAKER, url)) for _ in range(4)]
        assert [maker.communicate()[1] for maker in makers] == [""] * 4
    registry = Registry(url)
    rows = registry.runs()
    assert len({row.name for row in rows}) == 20
    assert {row.status for row in rows} == {"finished"}
    assert {len(registry.metrics(row.id)) for row in rows} == {150}


def test_a_reader_sees_one_state_though_another_writes_meanwhile(registry, url, make_run):
    make_run(into=registry)

    def count_twice(connection):
        runs = select(func.count()).select_from(schema.run)
        before = connection.scalar(runs)
        make_run(into=Registry(url))
        return before, connection.scalar(runs)

    assert registry.database.read(count_twice) == (1, 1)
    assert len(registry.runs()) == 2


def test_a_run_is_lost_as_soon_as_its_process_is_killed_and_exactly_one_takes_it(registry, url):
    with process(HOLDER, url) as holder:
        run_id = holder.stdout.readline().strip()
        assert registry.runs()[0].status == "running"
        with pytest.raises(RegistryError, match="being trained by another process"):
            registry.hold(run_id)
        holder.kill()
        holder.wait()
    wait_until(lambda: registry.find(run_id).status == "lost")
    with contextlib.ExitStack() as stack:
        takers = [stack.enter_context(process(TAKER, url, run_id)) for _ in range(3)]
        for taker in takers:
            taker.stdin.write("go\n")
            taker.stdin.flush()
        said = sorted(taker.stdout.readline().strip() for taker in takers)
    assert said == ["refused", "refused", "taken"]


def wait_until(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("how", ["kill -9", "fast"])
def test_a_server_that_dies_amid_writes_loses_nothing_and_its_writers_go_on(postgresql, url, how):
    with process(WRITER, url) as writer:
        run_id = writer.stdout.readline().split()[1]
        last = read_until(writer, 20)
        postgresql.kill() if how == "kill -9" else postgresql.stop(how)
        postgresql.start()
        last = read_until(writer, last + 20)
        registry = Registry(url)
        assert registry.find(run_id).status == "running"
        with pytest.raises(RegistryError, match="being trained by another process"):
            registry.hold(run_id)
        writer.kill()
    wait_until(lambda: registry.find(run_id).status == "lost")
    steps = [point.step for point in registry.metrics(run_id)]
    assert steps[: last + 1] == list(range(last + 1))
    assert len(steps) == steps[-1] + 1
    assert int(registry.read_artifact(run_id, "last")) >= last


def read_until(writer, step):
    """Read what a writer says until it has stored ``step``; return the last that it stored."""
    for line in writer.stdout:
        last = int(line.split()[1])
        if last >= step:
            return last
    raise AssertionError(writer.stderr.read())


def test_who_lost_a_run_while_the_server_was_away_is_told_and_lets_go(
    postgresql, registry, url, make_run
):
    run = make_run(into=registry)
    postgresql.stop("immediate")
    postgresql.start()
    taker = Registry(url)
    taker.hold(run.id)
    taker.release(run.id)
    for _ in range(2):  # every time, not only the first
        with pytest.raises(RegistryError, match="has been taken over by another process"):
            registry.set_sample(run.id, "Alice", "was")
        assert taker.find(run.id).status == "lost"


def test_who_lost_a_run_to_a_living_process_does_not_take_it_back(
    postgresql, registry, url, make_run
):
    run = make_run(into=registry)
    postgresql.stop("immediate")
    postgresql.start()
    taker = Registry(url)
    taker.hold(run.id)
    with pytest.raises(RegistryError, match="being trained by another process"):
        registry.hold(run.id)
    taker.set_sample(run.id, "Alice", "was")
    with pytest.raises(RegistryError, match="taken over"):
        registry.set_sample(run.id, "Alice", "is")
    assert taker.find(run.id).sample_text == "was"


def test_connections_are_not_shared_with_a_forked_process(registry, url):
    script = f"""{PREAMBLE}
import os
create("parent")
child = os.fork()
registry.runs()
if not child:
    registry.database.write(lambda connection: None)
    os._exit(len(registry.runs()))
print(os.waitpid(child, 0)[1] >> 8, len(registry.runs()))
"""
    with process(script, url) as parent:
        assert parent.communicate() == ("1 1\n", "")
