"""Files of any size, and such as change: little memory, and no text that nobody wrote."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from textgen import SourceError
from textgen_plugins.sources.file import open_corpus
from textgen_plugins.sources.options import FileOptions

MEGABYTE = 2**20


def opened(locator, **options):
    return open_corpus(str(locator), FileOptions(**options))


def test_chunks_are_of_a_megabyte_at_most(write):
    corpus = opened(write("é\r\n" * MEGABYTE))
    assert max(map(len, corpus.chunks)) <= MEGABYTE
    assert sum(map(len, corpus.chunks)) == 2 * MEGABYTE


@pytest.mark.parametrize("locator", ["big.txt", "-"])
def test_a_file_much_larger_than_what_is_held_in_memory(tmp_path, locator):
    line = "Où est l’été ? Nobody knows.\r\n".encode()
    (tmp_path / "big.txt").write_bytes(line * (50 * MEGABYTE // len(line)))
    code = (
        "import resource, sys\n"
        "from textgen_plugins.sources.file import open_corpus\n"
        "from textgen_plugins.sources.options import FileOptions\n"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = used()\n"
        "corpus = open_corpus(sys.argv[1], FileOptions())\n"
        "assert sum(map(len, corpus)) > 40 * 2**20\n"
        "print((used() - before) // 1024)\n"
    )
    with (tmp_path / "big.txt").open("rb") as piped:
        done = subprocess.run(
            [sys.executable, "-c", code, locator],
            cwd=tmp_path,
            stdin=piped,
            capture_output=True,
            text=True,
            check=True,
        )
    assert int(done.stdout) < 25  # MB


@pytest.mark.parametrize("change", [b"more", b""])
def test_a_file_that_changes_while_it_is_read_is_told(write, change):
    path = write(b"text\n" * MEGABYTE)
    corpus = opened(path)
    chunks = iter(corpus.chunks)
    next(chunks)
    with Path(path).open("ab") as file:
        file.write(change)
    if not change:
        os.utime(path, (1, 1))
    with pytest.raises(SourceError, match="the file changed while it was read"):
        list(chunks)
    with pytest.raises(SourceError, match="the file changed while it was read"):
        list(corpus.chunks)
    assert opened(path).text().endswith("text\n" + change.decode())


def test_a_file_that_grows_while_it_is_opened_is_told(write, failure, monkeypatch):
    path = write(b"text\n")
    ordinary = os.fdopen

    class Growing(io.FileIO):
        def read(self, size=-1):
            with ordinary(os.open(path, os.O_WRONLY | os.O_APPEND), "wb") as file:
                file.write(b"more\n")
            return super().read(size)

    monkeypatch.setattr("pathlib.Path.open", lambda path, *_, **__: Growing(path))
    message = failure(path)
    assert "the file changed while it was read (it had 5 bytes and now has" in message


def test_a_file_that_is_gone_when_it_is_read_again_is_told(write):
    corpus = opened(path := write("text"))
    Path(path).unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        list(corpus)


def test_standard_input_can_be_read_by_two_at_a_time(monkeypatch):
    data = b"".join(b"%06d\n" % number for number in range(400_000))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    corpus = opened("-")
    pairs = list(zip(corpus.chunks, corpus.chunks, strict=True))
    assert all(one == two for one, two in pairs)
    assert "".join(one for one, _ in pairs).encode() == data


def test_no_room_for_standard_input_is_told(monkeypatch, failure):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"text")))
    monkeypatch.setattr("textgen_plugins.sources.file_bytes.TemporaryFile", full)
    assert "No space left on device" in failure("-")


def test_a_text_larger_than_any_book_is_not_stripped(write, failure, monkeypatch):
    monkeypatch.setattr("textgen_plugins.sources.file_reading._LARGEST_BOOK", 1000)
    path = write("a" * 2000)
    assert "it has more than 1,000 bytes" in failure(path, strip="gutenberg")
