"""Downloads that break off, go on, are still the same, or are too large."""

from __future__ import annotations

import json

import pytest

from textgen import SourceError
from textgen_plugins.sources.gutenberg import open_corpus
from textgen_plugins.sources.gutenberg_shelf import GutenbergShelf
from textgen_plugins.sources.options import GutenbergOptions

PATH = "/cache/epub/4711/pg4711.txt"
ETAG = '"one"'

pytestmark = pytest.mark.usefixtures("cache")


def options_for(*mirrors, timeout=5.0, pause=0, **more):
    urls = tuple(mirror.url for mirror in mirrors)
    return GutenbergOptions(mirrors=urls, timeout=timeout, pause=pause, **more)


def fetched(mirror, *, again=False, **more):
    shelf = GutenbergShelf(options_for(mirror, **more))
    (done,) = shelf.fetch("4711", again=again, watch=lambda done: None)
    return done


class Versioned:
    """Answers as servers of files do: whole, from a byte on, or that nothing is new.

    Attributes:
        ends: After how many bytes of the body each answer ends, one after the other.
        asked: What was asked for besides the path.
    """

    def __init__(self, data, *, etag=ETAG, modified=None, ends=(), ranges=True):
        self.data, self.etag, self.modified = data, etag, modified
        self.ends, self.ranges = list(ends), ranges
        self.asked = []

    def __call__(self, handler):
        names = ("Range", "If-Range", "If-None-Match", "If-Modified-Since")
        asked = {name: handler.headers[name] for name in names if handler.headers[name]}
        self.asked.append(asked)
        if self.etag and asked.get("If-None-Match") == self.etag:
            return self._answer(handler, 304, b"")
        if self.modified and asked.get("If-Modified-Since") == self.modified:
            return self._answer(handler, 304, b"")
        validators = {self.etag, self.modified} - {None}
        if "Range" in asked and self.ranges and asked["If-Range"] in validators:
            begin = int(asked["Range"].removeprefix("bytes=").removesuffix("-"))
            sent = f"bytes {begin}-{len(self.data) - 1}/{len(self.data)}"
            return self._answer(handler, 206, self.data[begin:], sent)
        return self._answer(handler, 200, self.data)

    def _answer(self, handler, code, data, sent=None):
        handler.send_response(code)
        headers = {"ETag": self.etag, "Last-Modified": self.modified, "Content-Range": sent}
        for name, value in headers.items():
            if value:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[: self.ends.pop(0)] if self.ends else data)


def files_in(folder):
    return sorted(path.name for path in folder.glob("*") if path.is_file())


def test_a_transfer_that_breaks_off_goes_on_where_it_ended(mirror, cache, book, book_text):
    mirror.answers[PATH] = server = Versioned(book, ends=[100, 50])
    assert open_corpus("4711", options_for(mirror)).text() == book_text
    assert server.asked == [
        {},
        {"Range": "bytes=100-", "If-Range": ETAG},
        {"Range": "bytes=150-", "If-Range": ETAG},
    ]
    assert (cache / "pg4711.txt").read_bytes() == book
    assert files_in(cache) == ["pg4711.json", "pg4711.txt"]


def test_the_next_command_goes_on_where_the_last_was_left(mirror, cache, book, book_text):
    mirror.answers[PATH] = server = Versioned(book, ends=[100, 0])
    with pytest.raises(SourceError, match="peer closed connection"):
        open_corpus("4711", options_for(mirror))
    assert files_in(cache) == ["pg4711.half"]
    assert open_corpus("4711", options_for(mirror)).text() == book_text
    assert server.asked[-1] == {"Range": "bytes=100-", "If-Range": ETAG}
    assert files_in(cache) == ["pg4711.json", "pg4711.txt"]


def test_a_half_download_that_somebody_changed_is_fetched_anew(mirror, cache, book, book_text):
    mirror.answers[PATH] = server = Versioned(book, ends=[200, 0])
    with pytest.raises(SourceError):
        open_corpus("4711", options_for(mirror))
    half = cache / "pg4711.half"
    half.write_bytes(half.read_bytes().replace(b"A Small Book", b"A Large Book"))
    assert open_corpus("4711", options_for(mirror)).text() == book_text
    assert server.asked[-1] == {}
    assert (cache / "pg4711.txt").read_bytes() == book


@pytest.mark.parametrize("change", [{"etag": '"two"'}, {"ranges": False}])
def test_a_beginning_of_another_version_is_fetched_anew(mirror, cache, book, book_text, change):
    mirror.answers[PATH] = Versioned(b"x" * 300, ends=[100, 0])
    with pytest.raises(SourceError):
        open_corpus("4711", options_for(mirror))
    mirror.answers[PATH] = Versioned(book, **change)
    assert open_corpus("4711", options_for(mirror)).text() == book_text
    assert (cache / "pg4711.txt").read_bytes() == book


def test_a_server_that_sends_another_part_is_asked_for_all(mirror, book, book_text):
    def another_part(handler):
        if "Range" not in handler.headers:
            return whole(handler)
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes 0-99/{len(book)}")
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        return handler.wfile.write(book[:100])

    whole = Versioned(book, ends=[100])
    mirror.answers[PATH] = another_part
    assert open_corpus("4711", options_for(mirror)).text() == book_text


def test_a_part_that_nobody_asked_for_is_refused(mirror, cache, book):
    mirror.answers[PATH] = lambda handler: Versioned(book)._answer(handler, 206, book[50:])
    with pytest.raises(SourceError, match="HTTP 206"):
        open_corpus("4711", options_for(mirror))
    assert files_in(cache) == []


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_strict_validator_there_is_no_going_on(mirror, cache, book, etag):
    mirror.answers[PATH] = server = Versioned(book, etag=etag, ends=[100])
    with pytest.raises(SourceError, match="peer closed connection"):
        open_corpus("4711", options_for(mirror))
    assert (server.asked, files_in(cache)) == ([{}], [])


@pytest.mark.parametrize(
    "kept",
    [b"", b"{}\nx", b"[]", b'{"url": 1, "validator": 2}\n', b"\xff", b"[" * 100_000],
    ids=["empty", "no-fields", "list", "numbers", "no-text", "deep"],
)
def test_a_damaged_half_download_is_no_beginning(mirror, cache, book, book_text, kept):
    cache.mkdir(parents=True)
    (cache / "pg4711.half").write_bytes(kept)
    mirror.answers[PATH] = Versioned(book)
    assert open_corpus("4711", options_for(mirror)).text() == book_text


@pytest.mark.parametrize(
    ("validators", "condition"),
    [
        ({}, {"If-None-Match": ETAG}),
        (
            {"etag": None, "modified": "Mon, 02 Jan 2023 10:00:00 GMT"},
            {"If-Modified-Since": "Mon, 02 Jan 2023 10:00:00 GMT"},
        ),
    ],
)
def test_a_book_asked_for_again_is_not_sent_again(mirror, cache, book, validators, condition):
    mirror.answers[PATH] = server = Versioned(book, **validators)
    assert [fetched(mirror).outcome, fetched(mirror).outcome] == ["new", "there"]
    assert fetched(mirror, again=True).outcome == "same"
    assert server.asked == [{}, condition]
    record = json.loads((cache / "pg4711.json").read_text())
    assert record["checked"] >= record["fetched"]
    assert fetched(mirror).item.as_of == record["checked"]


def test_a_book_that_has_changed_is_fetched_anew(mirror, cache, book):
    mirror.answers[PATH] = Versioned(book)
    fetched(mirror)
    changed = book.replace(b"one line", b"two lines")
    mirror.answers[PATH] = Versioned(changed, etag='"two"')
    assert fetched(mirror, again=True).outcome == "changed"
    assert (cache / "pg4711.txt").read_bytes() == changed


def test_a_copy_stays_where_asking_again_fails(mirror, cache, book, answer_status):
    mirror.answers[PATH] = Versioned(book)
    fetched(mirror)
    mirror.answers[PATH] = answer_status(503)
    with pytest.raises(SourceError, match="left as it was"):
        fetched(mirror, again=True)
    assert fetched(mirror).item.state == "whole"


def test_a_server_that_is_busy_says_for_how_long_and_the_next_is_asked(
    start_mirror, book, book_text
):
    busy, free = start_mirror(), start_mirror()

    def wait(handler):
        handler.send_response(503)
        handler.send_header("Retry-After", "120")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    busy.answers[PATH] = wait
    with pytest.raises(SourceError, match="HTTP 503 Service Unavailable for 120 seconds"):
        open_corpus("4711", options_for(busy))
    free.answers[PATH] = Versioned(book)
    assert open_corpus("4711", options_for(busy, free)).text() == book_text


@pytest.mark.parametrize("begin", [b"HTTP/1.1 503 ", b"HTTP/1.1 503 Busy\r\nRetry-After: ", b""])
def test_a_server_that_says_much_is_quoted_in_short(mirror, begin):
    mirror.answers[PATH] = lambda handler: handler.wfile.write(begin + b"y" * 20_000 + b"\r\n\r\n")
    with pytest.raises(SourceError, match="no mirror gave book 4711") as caught:
        open_corpus("4711", options_for(mirror))
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("announced", [True, False])
def test_of_ten_gigabytes_no_more_than_the_cap_is_read_or_kept(mirror, cache, announced):
    sent = []

    def endless(handler):
        handler.send_response(200)
        handler.send_header("ETag", ETAG)
        if announced:
            handler.send_header("Content-Length", str(10**10))
        handler.end_headers()
        while sum(sent) < 10**10:
            try:
                sent.append(handler.wfile.write(b"a" * 65536))
            except OSError:
                return

    mirror.answers[PATH] = endless
    with pytest.raises(SourceError, match=r"more than source\.max_bytes = 1000000 bytes"):
        open_corpus("4711", options_for(mirror, max_bytes=10**6))
    assert sum(sent) < 10**8
    assert files_in(cache) == []


def test_a_book_without_end_of_a_length_that_nobody_said_is_not_kept(mirror, cache, book):
    def closes(data):
        def answer(handler):
            handler.send_response(200)
            handler.end_headers()
            handler.wfile.write(data)

        return answer

    mirror.answers[PATH] = closes(book[:-80])
    with pytest.raises(SourceError, match="cut off, perhaps"):
        open_corpus("4711", options_for(mirror))
    assert files_in(cache) == []
    mirror.answers[PATH] = closes(book)
    assert open_corpus("4711", options_for(mirror)).text()
