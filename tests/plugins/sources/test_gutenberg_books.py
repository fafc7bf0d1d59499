"""Real book files of thirty years, and files that only look like books."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from textgen import SourceError
from textgen_plugins.sources.file import open_corpus as open_file
from textgen_plugins.sources.gutenberg import open_corpus as open_book
from textgen_plugins.sources.options import FileOptions, GutenbergOptions

BOOKS = Path(__file__).resolve().parents[4] / "shared" / "corpora" / "gutenberg"
EXPECTED = json.loads((BOOKS / "expected.json").read_text()) if BOOKS.is_dir() else {}
TRAPS = {
    "trap-403-page.md": "error page",
    "trap-html-11-h.txt": "HTML page",
    "trap-pdf-11.txt": "PDF file",
    "trap-zip-named.txt": "zip archive",
}

pytestmark = pytest.mark.skipif(not EXPECTED, reason="the shared book files are not here")


def original_lines(name):
    encoding = "cp1252" if "cp1252" in EXPECTED[name]["encoding"] else "utf-8"
    return re.sub(r"\r\n?", "\n", (BOOKS / name).read_bytes().decode(encoding)).split("\n")


@pytest.mark.parametrize("name", sorted(EXPECTED) or ["none"])
def test_exactly_the_books_lines_are_kept(name):
    corpus = open_file(str(BOOKS / name), FileOptions(strip="gutenberg"))
    known = EXPECTED[name]
    first, last = known["text_first_line"], known["text_last_line"]
    original = original_lines(name)[first - 1 : last]
    assert corpus.text().lstrip("\ufeff") == "\n".join(original).lstrip("\ufeff") + "\n"
    assert (original[0].lstrip("\ufeff").strip(), original[-1].strip()) == (
        known["first"],
        known["last"].strip(),
    )
    assert "gutenberg" not in corpus.text().lower()


@pytest.mark.parametrize("name", sorted(EXPECTED) or ["none"])
def test_a_mirror_gives_the_same_text(name, mirror, cache, serve):
    number = re.match(r"pg(\d+)-", name)[1]
    mirror.answers[f"/cache/epub/{number}/pg{number}.txt"] = serve((BOOKS / name).read_bytes())
    fetched = open_book(number, GutenbergOptions(mirrors=(mirror.url,)))
    assert fetched.text() == open_file(str(BOOKS / name), FileOptions(strip="gutenberg")).text()
    assert not any("was asked for" in text for text in fetched.provenance.warnings)
    assert (cache / f"pg{number}.txt").read_bytes() == (BOOKS / name).read_bytes()


@pytest.mark.parametrize(("name", "kind"), TRAPS.items())
def test_traps_are_refused_by_what_they_are(name, kind):
    with pytest.raises(SourceError, match=kind):
        open_file(str(BOOKS / name), FileOptions(strip="gutenberg"))


@pytest.mark.parametrize(("name", "kind"), TRAPS.items())
def test_traps_served_by_a_mirror_are_not_kept(name, kind, mirror, cache, serve):
    mirror.answers["/cache/epub/11/pg11.txt"] = serve((BOOKS / name).read_bytes())
    with pytest.raises(SourceError, match=kind):
        open_book("11", GutenbergOptions(mirrors=(mirror.url,)))
    assert not [path for path in cache.glob("*") if path.is_file()]


def test_the_tutorials_text_keeps_its_byte_order_mark():
    text = open_file(str(BOOKS.parent / "alice-144574.txt"), FileOptions()).text()
    assert (len(text), text[0], "\r" in text) == (144_574, "\ufeff", False)
