"""Several books of Project Gutenberg as one corpus."""

from __future__ import annotations

import hashlib

import pytest

from textgen import DocumentStart, LocatorError, SourceError, sha256_of
from textgen_plugins.sources.gutenberg import open_corpus
from textgen_plugins.sources.options import GutenbergOptions

pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture
def books(tmp_path, book):
    """A folder laid out like a mirror with some books in it; returns their bytes by number."""
    made = {}
    for number in (11, 12, 84, 98):
        made[number] = book.replace(b"#4711", b"#%d" % number).replace(
            b"one line", b"book %d" % number
        )
        path = tmp_path / "mirror" / "cache" / "epub" / str(number) / f"pg{number}.txt"
        path.parent.mkdir(parents=True)
        path.write_bytes(made[number])
    return made


@pytest.fixture
def options(tmp_path, books):
    return GutenbergOptions(mirrors=(str(tmp_path / "mirror"),))


def text_of(number):
    return f"A SMALL BOOK\n\nIt was all said in book {number}.\n"


@pytest.mark.parametrize("locator", ["11,12", "alice,looking-glass", "alice, 12"])
def test_each_book_is_a_document_in_the_order_asked_for(locator, options):
    corpus = open_corpus(locator, options)
    assert corpus.text() == text_of(11) + "\n\n" + text_of(12)
    starts = [chunk for chunk in corpus.chunks if isinstance(chunk, DocumentStart)]
    assert starts == [text_of(11), text_of(12)]
    assert corpus.provenance.documents == 2
    assert corpus.provenance.locator == f"gutenberg:{locator}"
    assert list(corpus.chunks) == list(corpus.chunks)


def test_the_separator_can_be_set(options):
    with_stars = options.model_copy(update={"separator": "\n***\n\n"})
    assert open_corpus("11,12", with_stars).text() == text_of(11) + "\n***\n\n" + text_of(12)


def test_provenance_tells_of_each_book_and_of_all(options, books):
    told = open_corpus("11,84", options).provenance
    assert [part.locator for part in told.parts] == ["gutenberg:11", "gutenberg:84"]
    assert [part.sha256_received for part in told.parts] == [
        sha256_of(books[11]),
        sha256_of(books[84]),
    ]
    assert told.sha256_received == hashlib.sha256(books[11] + books[84]).hexdigest()
    assert [cut.what for cut in told.cuts] == [
        "header (2 times)",
        "credits (2 times)",
        "footer (2 times)",
    ]
    assert told.cuts[0].characters == sum(part.cuts[0].characters for part in told.parts)


def test_a_warning_says_of_which_book(options, books, tmp_path):
    (tmp_path / "mirror/cache/epub/12/pg12.txt").write_bytes(books[84])
    (warning,) = open_corpus("11,12", options).provenance.warnings
    assert warning.startswith("gutenberg:12: book 12 was asked for, but")


def test_a_book_named_twice_is_wrong_usage(options):
    with pytest.raises(LocatorError, match="names book 11 twice"):
        open_corpus("11,12,alice", options)


@pytest.mark.parametrize("locator", ["11,", ",11", "11,,12"])
def test_a_list_with_a_gap_is_wrong_usage(locator, options):
    with pytest.raises(LocatorError, match="lacks a book beside a comma"):
        open_corpus(locator, options)


def test_one_book_that_cannot_be_had_fails_all(options):
    with pytest.raises(SourceError, match="no mirror gave book 5"):
        open_corpus("11,5", options)


def test_books_that_cannot_be_kept_are_read_all_the_same(options, tmp_path):
    (tmp_path / "taken").write_text("a file where the folder should be")
    corpus = open_corpus("11,12", options.model_copy(update={"cache": tmp_path / "taken"}))
    assert corpus.text() == text_of(11) + "\n\n" + text_of(12)
    assert "gutenberg:11, gutenberg:12: the book could not be kept" in corpus.provenance.notes[0]


def test_a_book_that_is_removed_meanwhile_is_told(options, cache):
    corpus = open_corpus("11,12", options)
    (cache / "pg12.txt").unlink()
    with pytest.raises(SourceError, match="gutenberg:12: the book was removed from the cache"):
        corpus.text()
