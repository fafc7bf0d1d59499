"""A registry on a real PostgreSQL server: claims, crashes, lost answers, old schemas, refusals."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import func, select

from textgen.errors import RegistryError, UsageError
from textgen_registry import MetricPoint, Registry
from textgen_registry.database import database, receipts, schema, server_connections
from textgen_registry.database.postgresql import PostgreSQLServer
from textgen_registry.runs.journal import log

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
def url(postgresql):
    return postgresql.new_database()


@pytest.fixture
def registry(url):
    return Registry(url)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.3)


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


class Proxy:
    """Passes bytes on to a server; cuts the connection after a commit instead of its answer."""

    def __init__(self, port):
        self.commits_to_lose = 0
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                server = socket.create_connection(("127.0.0.1", self._port))
                threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
                threading.Thread(target=self._pass_back, args=(server, client), daemon=True).start()

    def _pass_on(self, client, server):
        with contextlib.suppress(OSError), client, server:
            while data := client.recv(65536):
                if b"COMMIT" in data and self.commits_to_lose:
                    self.commits_to_lose -= 1
                    client.shutdown(socket.SHUT_RDWR)
                    server.sendall(data)
                    server.recv(65536)
                    return
                server.sendall(data)

    def _pass_back(self, server, client):
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)


@pytest.fixture
def proxy(postgresql):
    between = Proxy(postgresql.port)
    yield between
    between.close()


@pytest.mark.parametrize("lost", [1, 3])
def test_what_was_stored_without_an_answer_is_not_stored_twice(postgresql, proxy, make_run, lost):
    name = Registry(postgresql.new_database()).location.url.database
    registry = Registry(postgresql.loopback(name, port=proxy.port))

    def losing_answers(work):
        proxy.commits_to_lose = lost
        result = work()
        assert proxy.commits_to_lose < lost
        return result

    registry.runs()
    run = losing_answers(lambda: make_run("only", into=registry))
    assert [row.id for row in registry.runs()] == [run.id]
    points = [MetricPoint(step, 0.0, "loss", 1.0, 1) for step in range(150)]
    losing_answers(lambda: registry.add_metrics(run.id, points))
    losing_answers(lambda: registry.put_artifacts(run.id, {"a": b"1"}))
    losing_answers(lambda: registry.put_artifacts(run.id, {"a": b"2"}))
    losing_answers(
        lambda: registry.finish_run(
            run.id, status="failed", step=1, summary={}, reason="", best_loss=0, bits_per_char=0
        )
    )
    registry.hold(run.id)
    losing_answers(lambda: registry.resume_run(run.id, 100, environment={}, parts={}))
    assert len(registry.metrics(run.id)) == 101
    assert registry.read_artifact(run.id, "a") == b"2"
    assert [session.number for session in registry.sessions(run.id)] == [1, 2]
    kinds = registry.database.read(lambda c: c.scalars(select(schema.event.c.kind)).all())
    assert sorted(kinds) == ["created", "failed", "resumed"]


def test_receipts_do_not_pile_up(registry, monkeypatch):
    monkeypatch.setattr(receipts, "_KEPT_MICROSECONDS", 0)
    for _ in range(5):
        registry.database.write(lambda connection: log(connection, "tagged"))
    count = select(func.count()).select_from(schema.receipt)
    assert registry.database.read(lambda connection: connection.scalar(count)) == 1


def test_a_read_and_a_write_wait_for_a_server_that_is_away(postgresql, registry, url, make_run):
    registry.runs()
    postgresql.stop("immediate")
    starting = threading.Timer(0.5, postgresql.start)
    starting.start()
    assert registry.runs() == []
    make_run(into=registry)
    starting.join()
    assert len(Registry(url).runs()) == 1


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


def refusal(place):
    with pytest.raises((RegistryError, UsageError)) as refused:
        Registry(place).runs()
    message = str(refused.value)
    for trace in ("Traceback", "[SQL", "sqlalche.me", "psycopg.", "battery staple", "correct"):
        assert trace not in message
    return message


def test_a_wrong_or_missing_password_is_refused_at_once_and_never_shown(postgresql, monkeypatch):
    monkeypatch.delenv("PGPASSWORD", raising=False)
    for password, words in [("battery staple", "does not accept"), (None, "given none")]:
        message = refusal(postgresql.loopback("template", password=password))
        assert words in message
        assert "--registry or TEXTGEN_REGISTRY" in message
    host = f"127.0.0.1:{postgresql.port}"
    secret = f"postgresql+psycopg://postgres@{host}/template?password=battery%20staple"
    assert "does not accept" in refusal(secret)
    assert "two @" in refusal(f"postgresql://me:battery staple@correct@{host}/template")
    assert "no URL" in refusal("postgresql://me:battery staple@host:port/template")


def test_a_missing_database_user_or_host_is_told_at_once(postgresql):
    assert "createdb" in refusal(postgresql.loopback("nowhere"))
    assert "no such user" in refusal(postgresql.url("template", user="nobody"))
    assert "no machine" in refusal("postgresql://me@nowhere.invalid/registry?connect_timeout=2")


@pytest.mark.usefixtures("impatient")
def test_a_server_that_does_not_run_is_told():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    message = refusal(f"postgresql://me@127.0.0.1:{port}/registry")
    assert "cannot be reached" in message
    assert "running" in message


def test_a_user_without_rights_is_told_what_to_ask_for(postgresql):
    postgresql.sql("CREATE ROLE reader LOGIN PASSWORD 'only reads'")
    name = Registry(postgresql.new_database()).location.url.database
    empty = Registry(postgresql.empty_database()).location.url.database
    with pytest.raises(RegistryError, match=r"may not do that.*Ask whoever runs the server"):
        Registry(postgresql.url(name, user="reader")).runs()
    with pytest.raises(RegistryError, match="may not do that"):
        Registry(postgresql.url(empty, user="reader")).check_new_run(name=None)


def test_a_database_that_can_only_be_read_is_told(postgresql, url, make_run):
    make_run("there", into=Registry(url))
    name = Registry(url).location.url.database
    postgresql.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert [row.name for row in Registry(url).runs()] == ["there"]
    with pytest.raises(RegistryError, match="can only be read"):
        make_run(into=Registry(url))


def test_a_database_without_unicode_is_told(postgresql, make_run):
    postgresql.sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(RegistryError, match="encoding=UTF8"):
        make_run(into=Registry(postgresql.url("latin")), prompt="𝕏")


def test_a_database_that_stays_locked_is_told(registry, url, monkeypatch, make_run):
    monkeypatch.setitem(server_connections._OF_SERVER, "lock_timeout", 50)
    other = Registry(url)
    with pytest.raises(RegistryError, match="keeps it locked"):
        other.database.write(lambda connection: make_run(into=registry))


def test_another_programs_database_is_refused_and_left_alone(postgresql, make_run):
    url = postgresql.empty_database()
    postgresql.sql("CREATE TABLE recipes (name text)", url)
    for attempt in (Registry(url).runs, lambda: make_run(into=Registry(url))):
        with pytest.raises(RegistryError, match="not a textgen registry"):
            attempt()
    tables = postgresql.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", url)
    assert tables == [("recipes",)]


def test_without_psycopg_the_extra_is_named():
    script = """
import sys
sys.modules["psycopg"] = None
from textgen_registry import Registry
from textgen.errors import RegistryError
try:
    Registry("postgresql://me:secret@host/registry").runs()
except RegistryError as error:
    print(error)
"""
    with process(script) as done:
        out, err = done.communicate()
    assert "textgen-framework[postgres]" in out
    assert "secret" not in out + err


OLD = """
DROP TABLE alias, model_file, model_version, model, event, note, pending_object, figure, setting,
    property, receipt;
ALTER TABLE run DROP COLUMN deleted, DROP COLUMN lease;
UPDATE schema_version SET version = 2;
UPDATE textgen_schema SET version_num = '0001';
"""


def test_an_old_schema_is_left_alone_until_it_is_asked_for(postgresql, registry, url, make_run):
    run = make_run("old", into=registry)
    registry.add_metrics(run.id, [MetricPoint(1, 0.0, "loss", float("nan"), 1)])
    registry.finish_run(
        run.id, status="finished", step=1, summary={}, reason="", best_loss=1.0, bits_per_char=1.0
    )
    postgresql.sql(OLD, url)
    for attempt in (registry.runs, lambda: make_run(into=registry)):
        with pytest.raises(RegistryError, match=r"schema 0001.*textgen runs migrate"):
            attempt()
    assert registry.database.migrate() == ("0001", schema.REVISION)
    assert registry.database.migrate() == (schema.REVISION, schema.REVISION)
    assert registry.find("old").config == run.config
    assert len(registry.metrics(run.id)) == 1
    with registry.database.backend.reading.begin() as connection:
        assert connection.scalar(select(schema.setting.c.number)) == 256


def test_a_newer_schema_is_refused_naming_both(registry, postgresql, url):
    postgresql.sql("UPDATE textgen_schema SET version_num = '9999'", url)
    for attempt in (registry.runs, registry.database.migrate):
        with pytest.raises(RegistryError, match=rf"9999.*{schema.REVISION}"):
            attempt()


def test_an_error_of_the_statement_itself_is_not_tried_again(registry, url):
    backend = PostgreSQLServer(registry.location)
    calls = []

    def work(connection):
        calls.append(connection)
        connection.exec_driver_sql("SELECT 1 / 0")

    with pytest.raises(RegistryError, match="division by zero"):
        registry.database.write(work)
    assert len(calls) == 1
    assert not backend.is_passing(ValueError())
