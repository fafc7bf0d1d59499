"""Downloads that go on: what servers send as the rest is joined only where it surely is that."""

from __future__ import annotations

import gzip

import pytest

from textgen import SourceError
from textgen_plugins.sources.gutenberg import open_corpus
from textgen_plugins.sources.options import GutenbergOptions

PATH = "/cache/epub/4711/pg4711.txt"

pytestmark = pytest.mark.usefixtures("cache")


def text_from(mirror):
    options = GutenbergOptions(mirrors=(mirror.url,), timeout=5, pause=0)
    return open_corpus("4711", options).text()


def send(handler, code, data, *, length=None, **headers):
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(data) if length is None else length))
    handler.end_headers()
    handler.wfile.write(data)


class InParts:
    """Breaks off after 100 bytes; what it answers to those who ask for the rest, a test says."""

    def __init__(self, book, rest):
        self.book, self.rest, self.asked = book, rest, []

    def __call__(self, handler):
        asked = handler.headers["Range"]
        self.asked.append(asked)
        if asked is None and len(self.asked) == 1:
            send(handler, 200, self.book[:100], length=len(self.book), ETag='"one"')
        elif asked is None:
            send(handler, 200, self.book, ETag='"one"')
        else:
            self.rest(handler, int(asked.removeprefix("bytes=").removesuffix("-")))


def test_a_rest_of_another_version_is_not_joined_to_the_beginning(mirror, book, book_text):
    def of_another(handler, begin):
        other = book.replace(b"one line", b"ten line")
        sent = f"bytes {begin}-{len(book) - 1}/{len(book)}"
        send(handler, 206, other[begin:], Content_Range=sent, ETag='"two"')

    mirror.answers[PATH] = server = InParts(book, of_another)
    assert text_from(mirror) == book_text
    assert server.asked == [None, "bytes=100-", None]


def test_a_rest_that_comes_in_parts_is_asked_for_part_by_part(mirror, book, book_text):
    def a_hundred(handler, begin):
        part = book[begin : begin + 100]
        sent = f"bytes {begin}-{begin + len(part) - 1}/{len(book)}"
        send(handler, 206, part, Content_Range=sent, ETag='"one"')

    mirror.answers[PATH] = server = InParts(book, a_hundred)
    assert text_from(mirror) == book_text
    assert server.asked == [None, *(f"bytes={at}-" for at in range(100, len(book), 100))]


def test_a_rest_of_a_length_that_is_not_said_needs_the_end_of_a_book(mirror, book):
    def some(handler, begin):
        send(handler, 206, book[begin:-80], Content_Range=f"bytes {begin}-{len(book) - 81}/*")

    mirror.answers[PATH] = InParts(book, some)
    with pytest.raises(SourceError, match="cut off, perhaps"):
        text_from(mirror)


def test_what_comes_packed_though_nobody_asked_is_not_gone_on_with(mirror, book, book_text, cache):
    packed = gzip.compress(book, mtime=0)

    def answer(handler):
        most = len(packed) if mirror.requests[1:] else len(packed) - 20
        headers = {"ETag": '"one"', "Content_Encoding": "gzip"}
        send(handler, 200, packed[:most], length=len(packed), **headers)

    mirror.answers[PATH] = answer
    with pytest.raises(SourceError, match="peer closed connection"):
        text_from(mirror)
    assert not (cache / "pg4711.half").exists()
    assert text_from(mirror) == book_text
