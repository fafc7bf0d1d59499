"""A mirror on loopback, a cache of the test's own, and a small book to put in them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from textgen import SourceError
from textgen_plugins.sources.file import open_corpus
from textgen_plugins.sources.options import FileOptions

Answer = Callable[[BaseHTTPRequestHandler], None]

BOOK = (
    b"The Project Gutenberg eBook of A Small Book\r\n\r\n"
    b"Title: A Small Book\r\n\r\nRelease Date: May 1, 2001 [eBook #4711]\r\n\r\n"
    b"*** START OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***\r\n\r\n"
    b"Produced by A. Volunteer\r\n\r\n\r\n"
    b"A SMALL BOOK\r\n\r\nIt was all said in one line.\r\n\r\n"
    b"*** END OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***\r\n\r\nLicence.\r\n"
)
BOOK_TEXT = "A SMALL BOOK\n\nIt was all said in one line.\n"


class Mirror:
    """An HTTP server that answers from a table of paths and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, str]] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.requests.append((self.path, self.headers["User-Agent"]))
                mirror.answers.get(self.path, status(404))(self)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def body(data: bytes, *, kind: str = "text/plain", announced: int | None = None) -> Answer:
    """Answer 200 with ``data``; ``announced`` is a Content-Length that may be a lie."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data) if announced is None else announced))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def status(code: int) -> Answer:
    """Answer with an error page."""
    return lambda handler: handler.send_error(code)


@pytest.fixture
def book() -> bytes:
    return BOOK


@pytest.fixture
def book_text() -> str:
    return BOOK_TEXT


@pytest.fixture
def serve() -> Callable[..., Answer]:
    return body


@pytest.fixture
def answer_status() -> Callable[[int], Answer]:
    return status


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that books are kept in during this test."""
    monkeypatch.setenv("TEXTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TEXTGEN_GUTENBERG_MIRRORS", raising=False)
    return tmp_path / "cache" / "gutenberg"


@pytest.fixture
def start_mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Mirror]]:
    """Start any number of mirrors, reached directly whatever proxies the machine has."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    started: list[Mirror] = []

    def start() -> Mirror:
        started.append(Mirror())
        return started[-1]

    yield start
    for mirror in started:
        mirror.stop()


@pytest.fixture
def mirror(start_mirror: Callable[[], Mirror]) -> Mirror:
    return start_mirror()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Writes a file, in a folder where one is named, and returns its path."""

    def write_file(data: bytes | str, name: str = "text.txt") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    return write_file


@pytest.fixture
def failure() -> Callable[..., str]:
    """Opens what the file source must refuse, and returns what it says."""

    def message(locator: object, **options: str) -> str:
        with pytest.raises(SourceError) as caught:
            open_corpus(str(locator), FileOptions(**options))
        return str(caught.value)

    return message
