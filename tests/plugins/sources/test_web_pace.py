"""How often a server is asked, and by how many at once; the time that is not the server's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time

import pytest

from textgen import SourceError, sha256_of
from textgen_plugins.sources import web_download
from textgen_plugins.sources.gutenberg import open_corpus
from textgen_plugins.sources.options import GutenbergOptions

PATH = "/cache/epub/4711/pg4711.txt"

pytestmark = pytest.mark.usefixtures("cache")


def options_for(mirror, timeout=5.0, pause=0):
    return GutenbergOptions(mirrors=(mirror.url,), timeout=timeout, pause=pause)


def elsewhere(handler):
    """Redirect, as web servers do."""
    handler.send_response(302)
    handler.send_header("Location", "/elsewhere")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.fixture
def slept(monkeypatch):
    """How long the pauses would have been that this process made none of."""
    pauses = []
    monkeypatch.setattr("textgen_plugins.sources.web_pace.time.sleep", pauses.append)
    return pauses


def test_all_requests_to_a_host_are_apart_by_the_pause(mirror, book, serve, slept):
    mirror.answers["/4/7/1/4711/4711.txt"] = serve(book)
    open_corpus("4711", options_for(mirror, pause=3600))
    assert len(mirror.requests) == 3
    first, *others = slept
    assert first == 0
    assert all(3500 < pause <= 3600 for pause in others)


def test_a_redirect_waits_as_well(mirror, book, book_text, slept, serve):
    mirror.answers[PATH], mirror.answers["/elsewhere"] = elsewhere, serve(book)
    assert open_corpus("4711", options_for(mirror, pause=3600)).text() == book_text
    assert [round(pause, -3) for pause in slept] == [0, 4000]


def test_processes_wait_for_each_other(mirror, book, slept, serve):
    mirror.answers[PATH] = mirror.answers["/cache/epub/5/pg5.txt"] = serve(book)
    code = (
        "from textgen_plugins.sources.gutenberg import open_corpus; "
        "from textgen_plugins.sources.options import GutenbergOptions; "
        f"open_corpus('5', GutenbergOptions(mirrors=({mirror.url!r},), pause=3600))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    open_corpus("4711", options_for(mirror, pause=3600))
    assert [3500 < pause <= 3600 for pause in slept] == [True]


def test_a_clock_that_was_set_back_costs_one_pause_at_most(mirror, cache, book, slept, serve):
    (cache / "locks").mkdir(parents=True)
    (cache / "locks" / "127.0.0.1.asked").touch()
    os.utime(cache / "locks" / "127.0.0.1.asked", (2**32, 2**32))
    mirror.answers[PATH] = serve(book)
    open_corpus("4711", options_for(mirror, pause=2))
    assert slept == [2]


def test_the_pause_is_two_seconds_unless_another_is_said_and_folders_need_none(
    tmp_path, book, slept
):
    path = tmp_path / PATH[1:]
    path.parent.mkdir(parents=True)
    path.write_bytes(book)
    assert open_corpus("4711", GutenbergOptions(mirrors=(str(tmp_path),))).text()
    assert (GutenbergOptions().pause, slept) == (2.0, [])


def test_two_that_want_a_book_at_once_make_one_request(mirror, cache, book, book_text, serve):
    both = threading.Barrier(2)

    def slow(handler):
        time.sleep(0.3)
        serve(book)(handler)

    mirror.answers[PATH] = slow
    texts = []

    def read():
        both.wait()
        texts.append(open_corpus("4711", options_for(mirror)).text())

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == [book_text, book_text]
    assert len(mirror.requests) == 1
    record = json.loads((cache / "pg4711.json").read_text())
    assert record["sha256"] == sha256_of((cache / "pg4711.txt").read_bytes())


def test_who_waits_for_another_process_too_long_is_told(mirror, book):
    released = threading.Event()

    def stall(handler):
        released.wait(10)

    mirror.answers[PATH] = stall
    first = threading.Thread(target=lambda: _tries(options_for(mirror, timeout=5)))
    first.start()
    while not mirror.requests:
        time.sleep(0.01)
    with pytest.raises(SourceError, match=r"another process has been fetching book 4711 for 0\.2"):
        open_corpus("4711", options_for(mirror, timeout=0.01))
    released.set()
    first.join()


def _tries(options):
    with pytest.raises(SourceError):
        open_corpus("4711", options)


def test_a_pause_before_a_redirect_takes_none_of_the_time_of_the_server(
    mirror, book, book_text, serve, monkeypatch
):
    monkeypatch.setattr(web_download, "PATIENCE", 1)
    mirror.answers[PATH], mirror.answers["/elsewhere"] = elsewhere, serve(book)
    options = options_for(mirror, timeout=0.8, pause=1.2)
    assert open_corpus("4711", options).text() == book_text


def test_a_wait_that_no_clock_can_count_is_refused():
    with pytest.raises(ValueError, match="less than or equal to 86400"):
        GutenbergOptions(timeout=1e10)
