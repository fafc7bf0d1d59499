"""Real book files of thirty years, and files that only look like books, as `textgen` prints them.

With ``-s``, a table of all files ends the output.
"""

from __future__ import annotations

import json
import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

BOOKS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "gutenberg"
EXPECTED = json.loads((BOOKS / "expected.json").read_text()) if BOOKS.is_dir() else {}
TRAPS = {
    "trap-403-page.md": "error page",
    "trap-html-11-h.txt": "HTML page",
    "trap-pdf-11.txt": "PDF file",
    "trap-zip-named.txt": "zip archive",
}
LICENCE = re.compile(
    r"gutenberg|small print!|\betexts?\b|electronic works|trademark licen[sc]e|full license", re.I
)

pytestmark = pytest.mark.skipif(not EXPECTED, reason="the shared book files are not here")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Keep the test's output clean."""


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A web server on loopback, laid out as a mirror; serves a file under a book's number."""
    folder = tmp_path / "mirror"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("TEXTGEN_GUTENBERG_MIRRORS", f"http://127.0.0.1:{server.server_port}")

    def serve(path, number):
        place = folder / "cache" / "epub" / number / f"pg{number}.txt"
        place.parent.mkdir(parents=True)
        place.symlink_to(path)
        return f"gutenberg:{number}"

    yield serve
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def table():
    """Rows of what was right, by kind; told when all files have been tried."""
    rows = {"books": [], "traps": []}
    yield rows
    for kind, all_files in (("books", EXPECTED), ("traps", TRAPS)):
        print(f"\n{kind} right, read as a file and from a mirror: ", end="")
        print(f"{len(rows[kind])} of {len(all_files)}", *rows[kind], sep="\n  ")


def lines_of(name):
    """The lines of the file that are the book's, by what is known of it."""
    known = EXPECTED[name]
    encoding = "cp1252" if "cp1252" in known["encoding"] else "utf-8"
    text = (BOOKS / name).read_bytes().decode(encoding).replace("\ufeff", "")
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[known["text_first_line"] - 1 : known["text_last_line"]]


@pytest.mark.parametrize("name", sorted(EXPECTED) or ["none"])
def test_exactly_the_books_lines_are_printed(name, textgen, mirror, table):
    from_file = textgen(
        "sources", "text", f"file:{BOOKS / name}", "--set", "source.strip=gutenberg"
    )
    served = mirror(BOOKS / name, re.match(r"pg(\d+)-", name)[1])
    from_mirror = textgen("sources", "text", served)
    assert (from_file.code, from_mirror.code) == (0, 0), from_file.err + from_mirror.err
    assert from_file.out == from_mirror.out == "\n".join(lines_of(name)) + "\n"
    kept = [line.strip() for line in from_file.out.split("\n") if line.strip()]
    known = EXPECTED[name]
    assert (kept[0], kept[-1]) == (known["first"].strip(), known["last"].strip())
    assert len(kept) == known["text_nonblank_lines"]
    assert [line for line in kept if LICENCE.search(line)] == []
    assert "was asked for" not in from_mirror.err
    table["books"].append(f"{name:36} {len(kept):6,} lines")


@pytest.mark.parametrize(("name", "kind"), TRAPS.items())
def test_traps_are_refused_by_what_they_are_and_not_kept(
    name, kind, textgen, mirror, table, tmp_path
):
    refused = textgen("sources", "text", f"file:{BOOKS / name}", "--set", "source.strip=gutenberg")
    assert kind in refused.error_line(1)
    assert kind in textgen("sources", "text", mirror(BOOKS / name, "11")).error_line(1)
    assert list((tmp_path / "cache").rglob("pg11.*[!k]")) == []  # its lock may stay
    table["traps"].append(f"{name:36} {kind}")


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("pg11-noheader-footer-kept.txt", "no start mark"),
        ("pg11-nofooter.txt", "no end mark"),
        ("pg11-cp1252-startonly.txt", "no end mark"),
        ("pg11-truncated-32k.txt", "no end mark"),
        ("pg11-1994-alice30.txt", "no end mark"),
    ],
)
def test_a_mark_that_is_missing_is_warned_of(name, missing, textgen):
    done = textgen("sources", "text", f"file:{BOOKS / name}", "--set", "source.strip=gutenberg")
    assert f"warning: {missing}" in done.err


def test_the_tutorials_text_keeps_its_byte_order_mark(textgen):
    text = textgen("sources", "text", f"file:{BOOKS.parent / 'alice-144574.txt'}").out
    assert (len(text), text[0], "\r" in text) == (144_574, "\ufeff", False)
