"""The file source: what is kept, and what each unusable file is told."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from textgen import SourceError, sha256_of
from textgen_plugins.sources.file import open_corpus
from textgen_plugins.sources.options import FileOptions


def test_all_is_kept_but_line_ends_become_lf(write):
    data = "\ufeff a\r\nb\rc\n\td\u2028\x0c ".encode()
    corpus = open_corpus(write(data), FileOptions())
    assert corpus.text() == "\ufeff a\nb\nc\n\td\u2028\x0c "
    assert corpus.provenance.sha256_received == sha256_of(data)


def test_a_book_is_not_stripped_unless_asked(write, book, book_text):
    path = write(book)
    assert "START OF THE PROJECT" in open_corpus(path, FileOptions()).text()
    stripped = open_corpus(path, FileOptions(strip="gutenberg"))
    assert stripped.text() == book_text
    assert stripped.provenance.title == "A Small Book"
    assert [cut.what for cut in stripped.provenance.cuts] == ["header", "credits", "footer"]


def test_provenance_names_the_file(write):
    path = write(b"text", "my words.txt")
    told = open_corpus(path, FileOptions()).provenance
    assert (told.locator, told.title, told.origin) == (f"file:{path}", "my words.txt", path)


def test_the_home_folder_is_a_tilde(write, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write(b"at home")
    assert open_corpus("~/text.txt", FileOptions()).text() == "at home"


@pytest.fixture
def pipe(monkeypatch):
    """Puts bytes into standard input."""

    def put(data):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))

    return put


def test_standard_input_is_read_once_and_can_be_iterated_twice(pipe):
    pipe(b"from a pipe\r\n")
    corpus = open_corpus("-", FileOptions())
    assert list(corpus) == list(corpus) == ["from a pipe\n"]
    assert corpus.provenance.origin == "standard input"


def test_an_empty_standard_input_is_no_file(failure, pipe):
    pipe(b"")
    assert failure("-") == "file:-: standard input is empty; pipe a text into it."


def test_a_closed_standard_input_is_told(failure, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert "nothing is piped" in failure("-")


def test_a_missing_file_names_the_nearest(failure, write, tmp_path):
    write(b"x", "alice.txt")
    assert "did you mean 'alice.txt'?" in failure(tmp_path / "alcie.txt")
    assert "there is no file in" in failure(tmp_path / "no" / "alice.txt")


def test_a_crowded_folder_is_not_listed(failure, write, tmp_path):
    for number in range(12):
        write(b"x", f"chapter{number}.txt")
    assert "no name in" in failure(tmp_path / "Q")


def test_other_paths_that_cannot_be_read_are_told(failure, write, tmp_path):
    assert "there is no file to read in it" in failure(tmp_path)
    assert "no path is given" in failure("")
    assert "cannot be read" in failure(f"{write(b'x')}/below")
    assert "cannot be read" in failure("a\0b")
    assert "empty" in failure(write(b""))


def test_a_file_without_permission_is_told(failure, write, monkeypatch):
    path = write(b"secret")

    def deny(*_, **__):
        raise PermissionError(13, "Permission denied")

    # Permissions do not bind an administrator, who may run this test too.
    monkeypatch.setattr(Path, "open", deny)
    assert failure(path).startswith(f"file:{path}: you may not read it.")


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "zip"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"abc\0def", "NUL byte at byte 3"),
        ("wide".encode("utf-16-le"), "encoding=utf-16-le"),
        ("wide".encode("utf-16-be"), "encoding=utf-16-be"),
    ],
)
def test_binary_files_are_refused_by_what_they_are(failure, write, data, named):
    assert named in failure(write(data))


def test_a_wrong_encoding_names_the_byte_and_the_way_out(failure, write):
    path = write("un café".encode("cp1252"))
    message = failure(path, encoding="utf-8")
    assert "not utf-8 at byte 6" in message
    assert "--set source.encoding=windows-1252" in message
    assert open_corpus(path, FileOptions(encoding="windows-1252")).text() == "un café"


def test_declared_wide_encodings_may_hold_nul_bytes(write):
    assert open_corpus(write("wide".encode("utf-16")), FileOptions(encoding="utf-16")).text()


@pytest.mark.parametrize("encoding", ["klingon", "rot13", "base64", "", "undefined"])
def test_an_encoding_that_is_none_is_refused_before_anything_is_read(encoding):
    with pytest.raises(ValidationError, match="no such text encoding"):
        FileOptions(encoding=encoding)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    data=st.binary(max_size=200),
    encoding=st.sampled_from(
        ["auto", "utf-8", "windows-1252", "utf-16", "latin-1", "shift_jis", "utf-7"]
    ),
    strip=st.sampled_from(["none", "gutenberg"]),
)
def test_random_bytes_give_a_text_or_a_clear_error(write, data, encoding, strip):
    try:
        text = open_corpus(write(data), FileOptions(encoding=encoding, strip=strip)).text()
    except SourceError:
        return
    assert "\r" not in text
