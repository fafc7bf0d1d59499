"""What the gutenberg source keeps: listed, taken in, cleared, and whole whatever the disk does."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from textgen import LocatorError, Shelf, SourceError
from textgen_plugins.sources.gutenberg import open_corpus
from textgen_plugins.sources.gutenberg_catalogue import COLUMNS
from textgen_plugins.sources.gutenberg_shelf import GutenbergShelf
from textgen_plugins.sources.options import GutenbergOptions
from textgen_plugins.sources.web_pace import lock

PATH = "cache/epub/4711/pg4711.txt"


@pytest.fixture
def source(tmp_path, book):
    """A folder laid out like a mirror, with one book in it."""
    path = tmp_path / "mirror" / PATH
    path.parent.mkdir(parents=True)
    path.write_bytes(book)
    return path


@pytest.fixture
def options(tmp_path, source, cache):
    return GutenbergOptions(mirrors=(str(tmp_path / "mirror"),), cache=cache)


@pytest.fixture
def shelf(options):
    return GutenbergShelf(options)


def fetch(shelf, locator="4711", **more):
    return shelf.fetch(locator, again=more.get("again", False), watch=lambda done: None)


def states(shelf):
    return [(item.locator, item.state) for item in shelf.held()]


def test_it_is_a_shelf(shelf):
    assert isinstance(shelf, Shelf)


def test_a_fetched_book_is_listed_with_all_that_is_known_of_it(shelf, source, cache):
    assert shelf.held() == []
    (done,) = fetch(shelf)
    assert shelf.held() == shelf.held("4711") == [done.item]
    item = done.item
    assert (item.locator, item.title, item.origin) == (
        "gutenberg:4711",
        "A Small Book",
        str(source),
    )
    assert item.size == sum(
        path.stat().st_size for path in (cache / "pg4711.txt", cache / "pg4711.json")
    )
    age = datetime.now(UTC) - datetime.fromisoformat(item.as_of)
    assert 0 <= age.total_seconds() < 60


def test_progress_goes_from_nothing_to_all(mirror, book, serve, cache):
    for number in (5, 6):
        mirror.answers[f"/cache/epub/{number}/pg{number}.txt"] = serve(book)
    seen = []
    shelf = GutenbergShelf(GutenbergOptions(mirrors=(mirror.url,), pause=0))
    shelf.fetch("5,6", again=False, watch=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1


@pytest.mark.parametrize("harm", ["cut short", "changed", "without record", "without text"])
def test_a_damaged_copy_is_listed_and_never_used(shelf, options, cache, source, book, harm):
    fetch(shelf)
    text, record = cache / "pg4711.txt", cache / "pg4711.json"
    match harm:
        case "cut short":
            text.write_bytes(book[:200])
        case "changed":
            text.write_bytes(book.replace(b"one", b"two"))
        case "without record":
            record.unlink()
        case "without text":
            text.unlink()
    assert states(shelf) == [("gutenberg:4711", "damaged")]
    source.rename(source.with_suffix(".away"))
    with pytest.raises(SourceError, match="no mirror gave book 4711"):
        open_corpus("4711", options)
    source.with_suffix(".away").rename(source)
    assert open_corpus("4711", options).text()
    assert states(shelf) == [("gutenberg:4711", "whole")]


def test_a_folder_that_may_not_be_read_is_told(shelf, cache, monkeypatch):
    def refuse(folder):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    with pytest.raises(SourceError, match=r"the cache .* cannot be read \(Permission denied\)"):
        shelf.held()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_keeps_nothing_and_is_told(shelf, options, cache):
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    with pytest.raises(SourceError, match="cannot be kept in"):
        fetch(shelf)
    assert "could not be kept" in open_corpus("4711", options).provenance.notes[0]
    cache.chmod(0o700)


@pytest.fixture
def fill_the_disk(monkeypatch):
    """Makes every atomic write from the given one on fail as on a full disk; None: none."""
    from textgen_plugins.sources import gutenberg_cache

    write = gutenberg_cache.write_atomic
    left = [None]

    def write_or_fail(path, data):
        if left[0] is not None:
            if not left[0]:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            left[0] -= 1
        write(path, data)

    def fill(after):
        left[0] = after

    monkeypatch.setattr(gutenberg_cache, "write_atomic", write_or_fail)
    return fill


@pytest.mark.parametrize("after", [0, 1])
def test_a_full_disk_leaves_the_old_copy_whole(shelf, options, source, book, fill_the_disk, after):
    fetch(shelf)
    source.write_bytes(book.replace(b"one line", b"two lines"))
    fill_the_disk(after)
    with pytest.raises(SourceError, match=r"cannot be kept in .* \(No space left on device\)"):
        fetch(shelf, again=True)
    fill_the_disk(None)
    assert states(shelf) == [("gutenberg:4711", "whole")]
    assert "one line" in open_corpus("4711", options).text()


@pytest.mark.parametrize("after", [0, 1])
def test_a_full_disk_costs_a_run_only_a_note(shelf, options, fill_the_disk, after, book_text):
    fill_the_disk(after)
    corpus = open_corpus("4711", options)
    assert corpus.text() == book_text
    assert corpus.provenance.notes == (
        "the book could not be kept in the cache: No space left on device",
    )
    assert shelf.held() == []


def test_a_half_download_that_finds_no_space_goes_on_without_its_file(
    mirror, cache, book, book_text, monkeypatch
):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("ETag", '"one"')
        handler.send_header("Content-Length", str(len(book)))
        handler.end_headers()
        handler.wfile.write(book)

    class Full:
        def write(self, data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def close(self):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    mirror.answers[f"/{PATH}"] = answer
    opened = Path.open
    monkeypatch.setattr(
        Path, "open", lambda path, mode, **_: Full() if mode == "wb" else opened(path, mode)
    )
    options = GutenbergOptions(mirrors=(mirror.url,), pause=0)
    assert open_corpus("4711", options).text() == book_text


def test_a_book_from_elsewhere_is_taken_in_by_the_number_that_it_tells(
    shelf, options, tmp_path, book, book_text
):
    file = tmp_path / "book.txt"
    file.write_bytes(book.replace(b"#4711", b"#47"))
    os.utime(file, (10**9, 10**9))
    item = shelf.take_in(file)
    assert (item.locator, item.title, item.origin) == ("gutenberg:47", "A Small Book", str(file))
    assert item.as_of == "2001-09-09T01:46:40+00:00"
    assert open_corpus("47", options).text() == book_text
    with pytest.raises(LocatorError, match=r"book 47, not 11.*sources import"):
        shelf.take_in(file, "alice")
    file.write_bytes(book.replace(b"#4711", b""))
    assert shelf.take_in(file, "alice").locator == "gutenberg:11"


@pytest.mark.parametrize(
    ("data", "locator", "error", "named"),
    [
        (b"%PDF-1.4", None, SourceError, "a PDF file"),
        (b"just a text\n", None, SourceError, "not a Project Gutenberg text"),
        (b"<html><body>", "11", SourceError, "HTML"),
        (b"Text#,Type\n", None, SourceError, "line 1"),
        (None, None, SourceError, "cannot be read"),
    ],
)
def test_what_is_no_book_is_not_taken_in(shelf, tmp_path, data, locator, error, named):
    file = tmp_path / "file"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(error, match=named):
        shelf.take_in(file, locator)
    assert shelf.held() == []


@pytest.mark.parametrize("path", ["/dev/zero", "."])
def test_what_is_no_file_is_not_read(shelf, path):
    with pytest.raises(SourceError, match="no regular file"):
        shelf.take_in(Path(path))


def test_a_book_without_its_number_needs_to_be_told_one(shelf, tmp_path, book):
    file = tmp_path / "book.txt"
    file.write_bytes(book.replace(b" [eBook #4711]", b""))
    with pytest.raises(LocatorError, match="does not say which book it is"):
        shelf.take_in(file)
    with pytest.raises(LocatorError, match="a file is one book"):
        shelf.take_in(file, "11,12")
    assert shelf.take_in(file, "11").locator == "gutenberg:11"


def test_the_catalogue_is_taken_in_as_nothing_else(shelf, tmp_path):
    file = tmp_path / "catalogue.csv"
    file.write_text(",".join(COLUMNS) + "\n")
    with pytest.raises(LocatorError, match="that is the catalogue, not gutenberg:11"):
        shelf.take_in(file, "11")
    assert shelf.held() == []
    assert shelf.take_in(file, "catalogue").kind == "catalogue"


def test_a_book_is_not_taken_in_while_another_process_fetches_it(tmp_path, cache, book):
    file = tmp_path / "book.txt"
    file.write_bytes(book)
    impatient = GutenbergShelf(GutenbergOptions(cache=cache, timeout=0.01))
    with (
        lock(cache / "locks" / "pg4711.txt.lock", None),
        pytest.raises(SourceError, match=r"another process has been fetching book 4711 for 0\.2"),
    ):
        impatient.take_in(file)
    assert impatient.take_in(file).state == "whole"


def test_what_is_cleared_is_gone_and_nothing_else(shelf, cache, book):
    fetch(shelf)
    (cache / "pg5.half").write_bytes(b"{}\n")
    (cache / "pg6.txt").write_bytes(book)
    for name in [".pg6.txt.0123abcd.part", "..pg6.txt.record.part.0123abcd.part"]:
        (cache / name).write_bytes(b"left by a process that was killed")
    (cache / "mine.txt").write_text("not of this source")
    assert states(shelf) == [
        ("gutenberg:5", "half"),
        ("gutenberg:6", "damaged"),
        ("gutenberg:4711", "whole"),
    ]
    shelf.clear([item for item in shelf.held() if item.state != "whole"])
    assert states(shelf) == [("gutenberg:4711", "whole")]
    shelf.clear(shelf.held())
    assert [path.name for path in cache.iterdir() if path.is_file()] == ["mine.txt"]


@pytest.mark.parametrize("locator", ["alcie", "", "\0", "catalog"])
def test_a_locator_that_names_nothing_is_refused(shelf, locator):
    for ask in (shelf.held, lambda locator: fetch(shelf, locator)):
        with pytest.raises(LocatorError):
            ask(locator)


def test_the_catalogue_is_no_corpus(options):
    with pytest.raises(LocatorError, match="'catalogue' is neither"):
        open_corpus("catalogue", options)
