"""Folders and patterns: which files are read, in which order, and what is told of the rest."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen import DocumentStart, corpus_from_chunks, sha256_of
from textgen_plugins.sources.file import open_corpus
from textgen_plugins.sources.options import FileOptions

RECORD = {"locator": "x:y", "title": "", "origin": "", "sha256_received": ""}


def opened(locator, **options):
    return open_corpus(str(locator), FileOptions(**options))


def names(corpus):
    return [part.title for part in corpus.provenance.parts]


@pytest.fixture
def shelf(write, tmp_path):
    """A folder of three texts, one of them further down."""
    write("alpha\r\n", "shelf/a.txt")
    write("beta\n", "shelf/b/c.md")
    write("gamma\n", "shelf/b.txt")
    return tmp_path / "shelf"


def test_a_folder_is_one_text_of_all_its_files_in_the_order_of_their_paths(shelf):
    corpus = opened(shelf)
    assert corpus.text() == "alpha\n\n\ngamma\n\n\nbeta\n"
    assert names(corpus) == ["a.txt", "b.txt", "b/c.md"]
    starts = [chunk for chunk in corpus.chunks if isinstance(chunk, DocumentStart)]
    assert starts == ["alpha\n", "gamma\n", "beta\n"]


def test_what_is_counted_while_files_are_read_is_what_their_text_has(shelf):
    corpus = opened(shelf, separator="--")
    told, counted = corpus.provenance, corpus_from_chunks(corpus.chunks, **RECORD).provenance
    for fact in ("sha256_text", "characters", "documents", "sha256_documents"):
        assert getattr(told, fact) == getattr(counted, fact)


def test_the_provenance_tells_of_the_whole_and_of_each_file(shelf):
    told = opened(shelf).provenance
    assert (told.title, told.documents) == ("shelf (3 documents)", 3)
    assert (told.locator, told.origin) == (f"file:{shelf}", str(shelf))
    assert told.sha256_received == sha256_of(b"alpha\r\ngamma\nbeta\n")
    assert told.sha256_text == sha256_of(b"alpha\n\n\ngamma\n\n\nbeta\n")
    assert told.parts[0].locator == f"file:{shelf}/a.txt"
    assert told.parts[0].sha256_received == sha256_of(b"alpha\r\n")
    assert told.parts[0].sha256_text == sha256_of(b"alpha\n")


def test_more_than_a_hundred_files_are_counted_and_not_listed(write, tmp_path):
    for number in range(101):
        write(f"{number}\n", f"many/{number}.txt")
    told = opened(tmp_path / "many").provenance
    assert (told.documents, told.parts) == (101, ())


@pytest.mark.parametrize(
    ("separator", "text"), [("", "ab"), (r"\n---\n\t", "a\n---\n\tb"), ("|\n", "a|\nb")]
)
def test_the_separator_is_an_option_that_can_be_typed(write, tmp_path, separator, text):
    write("a", "shelf/1")
    write("b", "shelf/2")
    assert opened(tmp_path / "shelf", separator=separator).text() == text


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.txt", ["a.txt", "b.txt"]),
        ("**/*.md", ["b/c.md"]),
        ("**/**/c.*", ["b/c.md"]),
        ("**", ["a.txt", "b.txt", "b/c.md"]),
        ("[!a].txt", ["b.txt"]),
        ("?/c.md", ["b/c.md"]),
    ],
)
def test_a_pattern_names_what_matches_it(shelf, monkeypatch, pattern, found):
    assert names(opened(shelf / pattern)) == found
    monkeypatch.chdir(shelf)
    corpus = opened(pattern)
    monkeypatch.chdir("/")
    again = opened(corpus.provenance.locator.removeprefix("file:"))
    assert (again.text(), again.provenance) == (corpus.text(), corpus.provenance)


def test_a_name_that_exists_is_no_pattern(write, tmp_path):
    write("literal", "[ab]/x*.txt")
    write("matched", "a/x1.txt")
    assert opened(tmp_path / "[ab]" / "x*.txt").text() == "literal"
    assert opened(tmp_path / "[ab]" / "*.txt").text() == "literal"
    assert opened(tmp_path / "[a]" / "*.txt").text() == "matched"


def test_hidden_files_and_folders_are_told_and_not_read(write, tmp_path):
    write("seen", "shelf/a.txt")
    write("hidden", "shelf/.b.txt")
    write("hidden", "shelf/.git/config")
    corpus = opened(tmp_path / "shelf")
    assert corpus.text() == "seen"
    assert corpus.provenance.notes == ("2 skipped as hidden: .b.txt, .git",)
    assert opened(tmp_path / "shelf" / ".*.txt").text() == "hidden"


def test_what_is_no_text_is_told_and_not_read(write, tmp_path):
    write("text", "shelf/a.txt")
    write(b"\x89PNG\r\n", "shelf/b.png")
    write(b"far" * 500_000 + b"\0", "shelf/c.bin")
    write("<!DOCTYPE html><html>", "shelf/d.html")
    write(b"\x80\x81\x01", "shelf/e")
    write("", "shelf/f.txt")
    corpus = opened(tmp_path / "shelf")
    assert corpus.text() == "text"
    assert corpus.provenance.sha256_received == sha256_of(b"text")
    assert corpus.provenance.notes == (
        "4 skipped as no text: b.png (a PNG image), c.bin (a binary file (a NUL byte at byte "
        "1500000)), d.html (an HTML page), e (a binary file (a control character at byte 2))",
        "1 skipped as empty: f.txt",
    )


def test_only_the_first_names_are_told(write, tmp_path):
    write("text", "shelf/a.txt")
    for number in range(9):
        write("", f"shelf/{number}")
    told = opened(tmp_path / "shelf").provenance.notes
    assert told == ("9 skipped as empty: 0, 1, 2, 3, 4, …",)


def test_links_that_go_round_end_and_a_file_reached_twice_is_read_once(shelf):
    (shelf / "b" / "up").symlink_to("..")
    (shelf / "self").symlink_to("self")
    (shelf / "z.txt").symlink_to("a.txt")
    os.link(shelf / "b.txt", shelf / "hard.txt")
    (shelf / "dead.txt").symlink_to("nowhere")
    corpus = opened(shelf)
    assert names(corpus) == ["a.txt", "b.txt", "b/c.md"]
    assert set(corpus.provenance.notes) == {
        "1 skipped as a link to a folder: b/up",
        "2 skipped as no file: dead.txt (a link that leads nowhere), "
        "self (a link that leads nowhere)",
        "2 skipped as read already: hard.txt (as b.txt), z.txt (as a.txt)",
    }


def test_pipes_and_sockets_are_never_waited_for(shelf, failure, tmp_path, monkeypatch):
    os.mkfifo(shelf / "pipe")
    monkeypatch.chdir(shelf)  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        note = "2 skipped as no file: pipe (a pipe), socket (a socket)"
        assert opened(shelf).provenance.notes == (note,)
        assert "that is a pipe" in failure(shelf / "pipe")
        assert "that is a socket" in failure("socket")
    assert "that is a device" in failure("/dev/null")


def test_a_link_that_leads_nowhere_is_told(tmp_path, failure):
    (tmp_path / "book.txt").symlink_to("gone.txt")
    assert "book.txt: that is a link that leads nowhere" in failure(tmp_path / "book.txt")


def test_a_folder_may_be_called_like_a_file(write, tmp_path):
    write("inside", "book.txt/chapter")
    assert opened(tmp_path / "book.txt").text() == "inside"


def test_a_very_deep_folder_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    deep = Path("d/" * 700)
    deep.mkdir(parents=True)
    (deep / "text").write_text("deep")
    assert opened("d").text() == "deep"


def test_nothing_to_read_is_told(write, tmp_path, failure):
    (tmp_path / "empty").mkdir()
    assert "there is no file to read in it. Name" in failure(tmp_path / "empty")
    write("", "blank/a")
    write("", "blank/.b")
    message = failure(tmp_path / "blank")
    assert "no file holds text; 1 skipped as hidden: .b; 1 skipped as empty: a;" in message


def test_a_pattern_that_matches_nothing_names_the_nearest(shelf, failure):
    assert "no file matches this pattern; did you mean 'a.txt'?" in failure(shelf / "a*.text")
    assert "no such file or folder; did you mean 'b.txt'?" in failure(shelf / "b.tx" / "*.txt")
    assert "there is no file to read in it" not in failure(shelf / "*.pdf")


@pytest.mark.parametrize("denied", ["b.txt", "b"])
def test_a_file_or_folder_without_permission_is_named(shelf, failure, monkeypatch, denied):
    # Permissions do not bind an administrator, who may run this test too.
    for owner, name in ((Path, "open"), (os, "scandir")):
        ordinary = getattr(owner, name)

        def deny(path, *args, ordinary=ordinary, **named):
            if Path(path) == shelf / denied:
                raise PermissionError(13, "Permission denied", str(path))
            return ordinary(path, *args, **named)

        monkeypatch.setattr(owner, name, deny)
    assert failure(shelf).startswith(f"file:{shelf / denied}: you may not read it.")


def test_an_encoding_that_fits_not_all_files_names_the_one(write, tmp_path, failure):
    write("ascii", "shelf/a.txt")
    write("naïve".encode("latin-1"), "shelf/b.txt")
    message = failure(tmp_path / "shelf", encoding="utf-8")
    assert f"file:{tmp_path}/shelf/b.txt: the text is not utf-8 at byte 2" in message


def test_each_book_is_stripped_by_itself(write, tmp_path, book, book_text, failure):
    write(book, "shelf/1.txt")
    write(book.replace(b"A SMALL", b"ANOTHER"), "shelf/2.txt")
    write(b"\x89PNG", "shelf/cover.png")
    corpus = opened(tmp_path / "shelf", strip="gutenberg")
    assert corpus.text() == f"{book_text}\n\n{book_text.replace('A SMALL', 'ANOTHER')}"
    told = corpus.provenance
    assert [cut.what for cut in told.cuts] == [
        "header (2 times)",
        "credits (2 times)",
        "footer (2 times)",
    ]
    assert [cut.what for cut in told.parts[0].cuts] == ["header", "credits", "footer"]
    assert "public domain" in told.licence
    write("no book", "shelf/3.txt")
    message = failure(tmp_path / "shelf", strip="gutenberg")
    assert f"{tmp_path}/shelf/3.txt: what came is not a Project Gutenberg text" in message


def test_source_code_is_read_as_it_is(write, tmp_path):
    code = "---\ntitle: x\n---\n\tdef f():   \n\x0c\n# é\n\n\n"
    write(code, "project/a.md")
    write(code, "project/b.py")
    assert opened(tmp_path / "project", separator="").text() == code * 2


@settings(max_examples=60, deadline=None)
@given(
    texts=st.dictionaries(
        st.from_regex(r"[a-c]{1,2}(/[A-Z]{1,2})?\.t", fullmatch=True),
        st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]), min_size=1),
        min_size=1,
        max_size=6,
    ),
    separator=st.text(st.sampled_from("|\n "), max_size=3),
)
def test_any_texts_in_any_files_come_back_in_order(tmp_path_factory, texts, separator):
    folder = tmp_path_factory.mktemp("any")
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(text.encode())
    corpus = opened(folder, encoding="utf-8", separator=separator)
    assert corpus.text() == separator.join(texts[name] for name in sorted(texts))
    assert corpus.provenance.sha256_text == sha256_of(corpus.text().encode())
    assert list(corpus.chunks) == list(corpus.chunks)


def test_several_signs_for_any_folders_look_into_each_a_few_times(write, tmp_path, monkeypatch):
    """And not in each of the millions of ways that lead there."""
    write("deep", "/".join([*"abcdefghijklmnopqrst", "text.txt"]))
    looked, ordinary = [], os.scandir

    def scandir(folder):
        looked.append(folder)
        assert len(looked) < 1000
        return ordinary(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    corpus = opened(tmp_path / Path(*["**", "*"] * 10, "*.txt"))
    assert (corpus.text(), corpus.provenance.documents) == ("deep", 1)
