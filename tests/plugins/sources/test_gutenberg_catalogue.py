"""The catalogue of Project Gutenberg: found in, damaged, and held against a book's title."""

from __future__ import annotations

import pytest

from textgen import SourceError
from textgen_plugins.sources.gutenberg import open_corpus
from textgen_plugins.sources.gutenberg_catalogue import search, title_of
from textgen_plugins.sources.gutenberg_shelf import GutenbergShelf
from textgen_plugins.sources.gutenberg_titles import agree, fold, words_of
from textgen_plugins.sources.options import GutenbergOptions

HEADING = "Text#,Type,Issued,Title,Language,Authors,Subjects,LoCC,Bookshelves\n"
ROWS = (
    '1,Text,1971-12-01,The Declaration,en,"Jefferson, Thomas, 1743-1826",History,E201,Politics\n'
    '12,Text,1991-02-01,Through the Looking-Glass,en,"Carroll, Lewis, 1832-1898",Fantasy,PR,Kids\n'
    '11,Text,2008-06-27,"Alice\'s Adventures\nin Wonderland",en,"Carroll, Lewis, 1832-1898; '
    'Tenniel, John, 1820-1914 [Illustrator]",Fantasy; Girls,PR,Kids\n'
    '13,Sound,2003-01-01,Alice (read aloud),en,"Carroll, Lewis, 1832-1898",,PR,\n'
    '4650,Text,2003-11-01,"Candide, ou l\'Œuvre d\'un Été",fr,"Voltaire, 1694-1778",,PQ,\n'
    "100,Text,2004-01-01,Both,en; fr,,,,\n"
)
CATALOGUE = (HEADING + ROWS).encode()
PATH = "/cache/epub/feeds/pg_catalog.csv"


def found(*words, language=None, data=CATALOGUE):
    return [entry.locator for entry in search(data, "pg_catalog.csv", words, language)]


@pytest.mark.parametrize(
    ("words", "locators"),
    [
        (["carroll"], ["gutenberg:11", "gutenberg:12"]),
        (["CARROLL", "wonder"], ["gutenberg:11"]),
        (["carroll", "voltaire"], []),
        (["tenniel", "girls", "kids"], ["gutenberg:11"]),
        (["oeuvre", "ete"], ["gutenberg:4650"]),
        (["ŒUVRE", "Été"], ["gutenberg:4650"]),
        (["aloud"], []),
    ],
)
def test_all_words_must_occur_whatever_case_and_accents(words, locators):
    assert found(*words) == locators


def test_only_texts_in_a_language_where_one_is_asked_for():
    assert found("o", language="fr") == ["gutenberg:100", "gutenberg:4650"]
    assert found("both", language="EN") == ["gutenberg:100"]
    assert found("both", language="e") == []


def test_an_entry_is_told_whole_and_in_one_line():
    (entry,) = search(CATALOGUE, "pg_catalog.csv", ["wonderland"], None)
    assert entry.title == "Alice's Adventures in Wonderland"
    assert entry.authors == (
        "Carroll, Lewis, 1832-1898",
        "Tenniel, John, 1820-1914 [Illustrator]",
    )
    assert (entry.languages, entry.subjects) == (("en",), ("Fantasy", "Girls"))


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter():
    data = b"\xef\xbb\xbf" + CATALOGUE.replace(b"\n", b"\r\n")
    assert found("wonderland", data=data) == ["gutenberg:11"]
    assert title_of(data, 11) == "Alice's Adventures in Wonderland"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b"Text#,Type\n1,Text\n", 1),
        (CATALOGUE[:-20], 8),
        (CATALOGUE.replace(b"100,Text", b"1OO,Text"), 8),
        (CATALOGUE.replace(b"100,Text", b"1" * 5000 + b",Text"), 8),
        (CATALOGUE.replace(b",Fantasy,", b","), 3),
        (CATALOGUE.replace(b"in Wonderland\"", b"in Wonderland"), 5),
        (CATALOGUE.replace("É".encode(), b"\xc9"), 7),
        (CATALOGUE + b"5,Text," + b"x" * 200_000 + b",en,,,,,\n", 9),
    ],
)  # fmt: skip
def test_a_damaged_catalogue_is_refused_by_its_line(data, line):
    with pytest.raises(SourceError, match=rf"^pg_catalog\.csv: .* damaged in line {line} \("):
        found("alice", data=data)


@pytest.mark.parametrize(
    ("number", "title"),
    [(1, "The Declaration"), (11, "Alice's Adventures in Wonderland"), (13, None), (2, None)],
)
def test_a_title_is_found_by_number(number, title):
    assert title_of(CATALOGUE, number) == title


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Alice's Adventures in Wonderland", "ALICE’S ADVENTURES IN WONDERLAND", True),
        ("Frankenstein", "Frankenstein; Or, The Modern Prometheus", True),
        ("Œuvres: été", "Oeuvres — Ete, tome 1", True),
        ("Alice", "Through the Looking-Glass", False),
    ],
)
def test_titles_agree_letter_for_letter_as_far_as_the_shorter_goes(one, other, same):
    assert agree(one, other) is agree(other, one) is same


def test_folding_keeps_other_scripts():
    assert fold("Σοφία ЙОД 中文") == "σοφια иод 中文"


def test_words_are_folded_too():
    assert words_of("L’Œuvre d’Été: Øst, 2") == words_of("L'OEUVRE D'ETE Ost (2)")


def shelf_of(*mirrors):
    urls = tuple(getattr(mirror, "url", str(mirror)) for mirror in mirrors)
    return GutenbergShelf(GutenbergOptions(mirrors=urls, timeout=5, pause=0))


def unwatched(done):
    """Nobody looks."""


def test_the_catalogue_is_fetched_once(mirror, cache, serve):
    mirror.answers[PATH] = serve(CATALOGUE)
    shelf = shelf_of(mirror)
    assert shelf.catalogue() is None
    for _ in range(2):
        assert [item.locator for item in shelf.search(["alice"], None, unwatched)]
    assert [path for path, _ in mirror.requests] == [PATH]
    assert (shelf.catalogue().state, shelf.catalogue().kind) == ("whole", "catalogue")
    assert shelf.held() == [shelf.catalogue()]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (CATALOGUE[:-20], "damaged in line 8"),
        (b"", "damaged in line 1"),
    ],
)
def test_what_is_no_catalogue_is_not_kept(mirror, cache, serve, data, named):
    mirror.answers[PATH] = serve(data)
    with pytest.raises(SourceError, match=named):
        shelf_of(mirror).search(["alice"], None, unwatched)
    assert not [path for path in cache.glob("*") if path.is_file()]


def test_a_catalogue_that_was_changed_in_the_cache_is_fetched_again(mirror, cache, serve):
    mirror.answers[PATH] = serve(CATALOGUE)
    shelf = shelf_of(mirror)
    shelf.search(["alice"], None, unwatched)
    (cache / "pg_catalog.csv").write_bytes(CATALOGUE[:-100])
    assert shelf.catalogue().state == "damaged"
    assert shelf.search(["both"], None, unwatched)
    assert len(mirror.requests) == 2


def test_a_book_whose_title_the_catalogue_contradicts_is_warned_of(
    mirror, cache, book, serve, tmp_path
):
    mirror.answers["/cache/epub/12/pg12.txt"] = serve(book.replace(b"#4711", b"#12"))
    options = GutenbergOptions(mirrors=(mirror.url,), pause=0)
    assert open_corpus("12", options).provenance.warnings == ()
    (tmp_path / "catalogue.csv").write_bytes(CATALOGUE)
    GutenbergShelf(options).take_in(tmp_path / "catalogue.csv")
    assert open_corpus("12", options).provenance.warnings == (
        "the catalogue calls book 12 'Through the Looking-Glass', but the file 'A Small Book'",
    )
