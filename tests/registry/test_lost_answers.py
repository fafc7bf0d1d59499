"""What a server has stored and nobody was told of, as the connection was lost, is there once."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest
from sqlalchemy import func, select

from textgen_registry import MetricPoint, Registry
from textgen_registry.database import receipts, schema
from textgen_registry.runs.journal import log


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


@pytest.fixture
def registry(url):
    return Registry(url)


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
