"""The gutenberg source against real HTTP servers on loopback, and against folders."""

from __future__ import annotations

import json
import threading

import pytest

from textgen import LocatorError, SourceError, sha256_of
from textgen_plugins.sources.gutenberg import open_corpus
from textgen_plugins.sources.options import GutenbergOptions

FIRST_PATH = "/cache/epub/4711/pg4711.txt"
SECOND_PATH = "/4/7/1/4711/4711-0.txt"

pytestmark = pytest.mark.usefixtures("cache")


def options_for(*mirrors, timeout=5.0, pause=0, **more):
    urls = tuple(getattr(mirror, "url", str(mirror)) for mirror in mirrors)
    return GutenbergOptions(mirrors=urls, timeout=timeout, pause=pause, **more)


def failure(locator, options):
    with pytest.raises(SourceError) as caught:
        open_corpus(locator, options)
    return str(caught.value)


def files_in(folder):
    return sorted(path.name for path in folder.glob("*") if path.is_file())


def test_a_book_is_fetched_once_and_then_read_without_any_network(
    mirror, cache, book, book_text, serve
):
    mirror.answers[FIRST_PATH] = serve(book)
    options = options_for(mirror)
    fetched = open_corpus("4711", options)
    mirror.stop()
    assert open_corpus("4711", options) == fetched
    assert fetched.text() == book_text
    assert mirror.requests == [(FIRST_PATH, mirror.requests[0][1])]
    assert files_in(cache) == ["pg4711.json", "pg4711.txt"]
    assert (cache / "pg4711.txt").read_bytes() == book


def test_provenance_tells_the_source_and_every_cut(mirror, book, serve):
    mirror.answers[FIRST_PATH] = serve(book)
    told = open_corpus("4711", options_for(mirror)).provenance
    assert (told.locator, told.title) == ("gutenberg:4711", "A Small Book")
    assert told.origin == mirror.url + FIRST_PATH
    assert told.sha256_received == sha256_of(book)
    assert [cut.what for cut in told.cuts] == ["header", "credits", "footer"]
    assert told.cuts[1].begins == "Produced by A. Volunteer"
    assert "public domain" in told.licence
    assert told.notes == ()


def test_the_record_beside_the_book_proves_it(mirror, cache, book, serve):
    mirror.answers[FIRST_PATH] = serve(book)
    open_corpus("4711", options_for(mirror))
    record = json.loads((cache / "pg4711.json").read_text())
    assert record["url"] == mirror.url + FIRST_PATH
    assert record["sha256"] == sha256_of(book)
    assert record["fetched"].endswith("+00:00")


def test_a_cache_in_the_home_of_nobody_is_told(monkeypatch):
    options = GutenbergOptions(cache="~nobody-of-that-name/books")
    assert "nobody-of-that-name/books: no such home folder" in failure("4711", options)
    monkeypatch.setenv("TEXTGEN_CACHE", "~nobody-of-that-name")
    assert "nobody-of-that-name: no such home folder" in failure("4711", GutenbergOptions())


def test_a_record_that_notes_more_than_is_known_here_proves_it_too(mirror, cache, book, serve):
    mirror.answers[FIRST_PATH] = serve(book)
    open_corpus("4711", options_for(mirror))
    path = cache / "pg4711.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "size": 1, "signed": ["by"]}))
    open_corpus("4711", options_for(mirror))
    assert len(mirror.requests) == 1


@pytest.mark.parametrize(
    "record",
    ["[]", "{}", "[" * 100_000, '{"url": 1}', "null"],
    ids=["list", "no-fields", "deep", "number", "null"],
)
def test_a_damaged_record_proves_nothing(mirror, cache, book, book_text, serve, record):
    mirror.answers[FIRST_PATH] = serve(book)
    open_corpus("4711", options_for(mirror))
    (cache / "pg4711.json").write_text(record)
    assert open_corpus("4711", options_for(mirror)).text() == book_text
    assert len(mirror.requests) == 2


def test_requests_name_the_project(mirror, book, serve):
    mirror.answers[FIRST_PATH] = serve(book)
    open_corpus("4711", options_for(mirror))
    assert mirror.requests[0][1].startswith("textgen/")


def test_a_path_that_is_missing_leads_to_the_next_path(mirror, book, book_text, serve):
    mirror.answers[SECOND_PATH] = serve(book)
    assert open_corpus("4711", options_for(mirror)).text() == book_text
    assert [path for path, _ in mirror.requests] == [FIRST_PATH, SECOND_PATH]


def test_single_digit_books_lie_under_0(mirror, book, serve):
    mirror.answers["/0/5/5-0.txt"] = serve(book)
    assert open_corpus("5", options_for(mirror)).provenance.origin.endswith("/0/5/5-0.txt")


def test_a_dead_mirror_leads_to_the_next_mirror(start_mirror, book, book_text, serve):
    dead, alive = start_mirror(), start_mirror()
    dead.stop()
    alive.answers[FIRST_PATH] = serve(book)
    assert open_corpus("4711", options_for(dead, alive)).text() == book_text


@pytest.mark.parametrize("code", [403, 429, 500, 503])
def test_a_server_that_refuses_is_asked_once(
    start_mirror, book, book_text, serve, answer_status, code
):
    cross, kind = start_mirror(), start_mirror()
    cross.answers[FIRST_PATH] = answer_status(code)
    kind.answers[FIRST_PATH] = serve(book)
    assert open_corpus("4711", options_for(cross, kind)).text() == book_text
    assert len(cross.requests) == 1


def test_redirects_are_followed(mirror, book, book_text, serve):
    mirror.answers["/elsewhere"] = serve(book)
    mirror.answers[FIRST_PATH] = _redirect("/elsewhere")
    assert open_corpus("4711", options_for(mirror)).text() == book_text


def test_a_circle_of_redirects_ends(mirror):
    mirror.answers[FIRST_PATH] = _redirect(FIRST_PATH)
    assert "redirects" in failure("4711", options_for(mirror))
    assert len(mirror.requests) <= 7


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"<!DOCTYPE html><html><body>*** START OF THE PROJECT GUTENBERG EBOOK</body>", "HTML"),
        (b"# Error 503\n\nCome back later.\n", "error page"),
        (b"Index of /cache/epub\n\npg4711.txt  12K\n", "listing"),
        (b"", "an empty file"),
    ],
)
def test_a_page_with_status_200_is_refused_by_name_and_not_kept(mirror, cache, serve, data, named):
    mirror.answers[FIRST_PATH] = serve(data, kind="text/html")
    assert named in failure("4711", options_for(mirror))
    assert files_in(cache) == []


@pytest.mark.parametrize("announces", [True, False])
def test_a_download_over_the_cap_is_stopped(mirror, cache, book, serve, announces):
    mirror.answers[FIRST_PATH] = serve(book) if announces else _unannounced(book)
    message = failure("4711", options_for(mirror, max_bytes=100))
    assert "source.max_bytes = 100" in message
    assert files_in(cache) == []


def test_a_server_that_stalls_hits_the_time_out(mirror, cache, book):
    released = threading.Event()

    def stall(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(book)))
        handler.end_headers()
        handler.wfile.write(book[:50])
        handler.wfile.flush()
        released.wait(10)

    mirror.answers[FIRST_PATH] = stall
    message = failure("4711", options_for(mirror, timeout=0.2))
    released.set()
    assert "no answer within 0.2 seconds" in message
    assert files_in(cache) == []


@pytest.mark.parametrize("begin", [b"HTTP", b"HTTP/1.1 200 OK\r\nX-", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_left_in_the_end(mirror, cache, begin):
    """Be it within the status line, the headers or the text."""
    ended = threading.Event()

    def drip(handler):
        handler.wfile.write(begin)
        while not ended.wait(0.01):
            try:
                handler.wfile.write(b"a")
            except OSError:
                return

    mirror.answers[FIRST_PATH] = drip
    message = failure("4711", options_for(mirror, timeout=0.05))
    ended.set()
    assert "not complete after 1 seconds" in message
    assert files_in(cache) == []


def test_a_transfer_cut_short_is_not_kept(mirror, cache, book, serve):
    mirror.answers[FIRST_PATH] = serve(book[:-30], announced=len(book))
    assert "peer closed connection" in failure("4711", options_for(mirror))
    assert files_in(cache) == []


def test_when_all_fail_the_message_lists_attempts_and_ways_out(start_mirror, tmp_path):
    empty, dead = start_mirror(), start_mirror()
    dead.stop()
    message = failure("4711", options_for(empty, dead, tmp_path / "nowhere"))
    assert f"{empty.url}{FIRST_PATH}: HTTP 404" in message
    assert f"{empty.url}{SECOND_PATH}: HTTP 404" in message
    assert f"{dead.url}{FIRST_PATH}: " in message
    assert "no such folder" in message
    assert "textgen sources import FILE" in message
    assert "--set source.mirrors=" in message
    assert "TEXTGEN_GUTENBERG_MIRRORS" in message
    assert "pydoc:topics" in message


def test_a_damaged_cache_is_said_and_fetched_again(mirror, cache, book, book_text, serve):
    mirror.answers[FIRST_PATH] = serve(book)
    open_corpus("4711", options_for(mirror))
    (cache / "pg4711.txt").write_bytes(book[:100])
    again = open_corpus("4711", options_for(mirror))
    assert again.text() == book_text
    assert "damaged" in again.provenance.notes[0]
    assert (cache / "pg4711.txt").read_bytes() == book


@pytest.mark.parametrize("record", ["", "[]", "{}", '"x"', '{"url": 1, "sha256": 2}'])
def test_a_damaged_record_without_network_says_so(mirror, cache, book, serve, record):
    mirror.answers[FIRST_PATH] = serve(book)
    open_corpus("4711", options_for(mirror))
    mirror.stop()
    (cache / "pg4711.json").write_text(record)
    assert "damaged" in failure("4711", options_for(mirror))


def test_a_cache_that_cannot_be_written_costs_only_a_note(tmp_path, mirror, book, serve):
    (tmp_path / "taken").write_text("a file where the folder should be")
    mirror.answers[FIRST_PATH] = serve(book)
    corpus = open_corpus("4711", options_for(mirror, cache=tmp_path / "taken"))
    assert "could not be kept" in corpus.provenance.notes[0]


def test_a_folder_serves_as_a_mirror_and_fills_the_cache(tmp_path, cache, book, book_text):
    path = tmp_path / "mirror" / SECOND_PATH[1:]
    path.parent.mkdir(parents=True)
    path.write_bytes(book)
    corpus = open_corpus("4711", options_for(tmp_path / "mirror"))
    assert (corpus.text(), corpus.provenance.origin) == (book_text, str(path))
    assert files_in(cache) == ["pg4711.json", "pg4711.txt"]


def test_mirrors_are_read_from_the_environment(tmp_path, monkeypatch, mirror, book, serve):
    mirror.answers["/cache/epub/11/pg11.txt"] = serve(book)
    monkeypatch.setenv("TEXTGEN_GUTENBERG_MIRRORS", f"{tmp_path}/none , {mirror.url}/")
    corpus = open_corpus("alice", GutenbergOptions())
    assert corpus.provenance.origin == f"{mirror.url}/cache/epub/11/pg11.txt"


def test_a_mirror_of_another_kind_is_refused(monkeypatch):
    with pytest.raises(ValueError, match="ftp://"):
        GutenbergOptions(mirrors=("ftp://example.org",))
    monkeypatch.setenv("TEXTGEN_GUTENBERG_MIRRORS", "ftp://example.org")
    assert "TEXTGEN_GUTENBERG_MIRRORS: mirror 'ftp:" in failure("alice", GutenbergOptions())


def test_another_book_than_the_one_asked_for_is_warned_of(mirror, book, serve):
    mirror.answers["/cache/epub/12/pg12.txt"] = serve(book)
    warnings = open_corpus("12", options_for(mirror)).provenance.warnings
    assert warnings == ("book 12 was asked for, but the file says that it is book 4711",)


@pytest.mark.parametrize(
    ("locator", "named"),
    [
        ("alcie", "did you mean 'alice'?"),
        ("", "gutenberg:alice"),
        ("0", "known: alice"),
        ("11;12", "known"),
        ("١١", "number"),
    ],
)
def test_a_locator_that_is_no_book_is_wrong_usage_and_names_the_nearest(locator, named):
    with pytest.raises(LocatorError, match=r"^gutenberg: [^:]") as refusal:
        open_corpus(locator, GutenbergOptions())
    assert named in str(refusal.value)
    assert refusal.value.exit_code == 2


def _redirect(target):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def _unannounced(data):
    def answer(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(data)

    return answer
