"""With encoding=bytes any file is read, and no byte of it is changed, refused or left out."""

from __future__ import annotations

import gzip
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textgen import SourceError, sha256_of, utf8_of
from textgen_plugins.sources import file_bytes
from textgen_plugins.sources.file import open_corpus
from textgen_plugins.sources.options import FileOptions

BYTES = FileOptions(encoding="bytes")
PIECES = st.sampled_from(
    ["é数😀\r\n".encode(), b"\xc3", b"\xff\xfe", b"\0", b"\xed\xa0\x80", b"\r"]
)


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b"%PDF-1.7 \x80\xff",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"<!DOCTYPE html><html>",
        b"\xef\xbb\xbfwith a mark\r\nand line ends\r",
        "wide".encode("utf-16"),
        b"caf\xe9, and caf\xc3\xa9",
        bytes(range(256)),
    ],
)
def test_what_is_no_text_elsewhere_stays_as_it_is(write, data):
    corpus = open_corpus(str(write(data)), BYTES)
    assert utf8_of(corpus.text()) == data
    assert corpus.text() == data.decode("utf-8", errors="surrogateescape")
    assert corpus.provenance.sha256_text == corpus.provenance.sha256_received == sha256_of(data)
    assert corpus.provenance.characters == len(corpus.text())


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.lists(PIECES | st.binary(max_size=9), min_size=1).map(b"".join).filter(bool))
def test_the_text_does_not_depend_on_where_blocks_end(write, monkeypatch, data):
    monkeypatch.setattr(file_bytes, "BLOCK_BYTES", 3)
    corpus = open_corpus(str(write(data)), BYTES)
    assert corpus.text() == data.decode("utf-8", errors="surrogateescape")
    assert corpus.provenance.sha256_text == sha256_of(data)


def test_a_folder_leaves_out_nothing_but_what_is_empty(tmp_path):
    for name, data in {
        "a.png": b"\x89PNG\0",
        "b.txt": b"text",
        "c": b"",
        "d.gz": b"\x1f\x8b",
    }.items():
        (tmp_path / name).write_bytes(data)
    corpus = open_corpus(str(tmp_path), BYTES)
    assert utf8_of(corpus.text()) == b"\x89PNG\0\n\ntext\n\n\x1f\x8b"
    assert (corpus.provenance.documents, len(corpus.provenance.notes)) == (3, 1)
    assert corpus.provenance.sha256_text == sha256_of(utf8_of(corpus.text()))


def test_a_packed_file_is_unpacked_by_its_name_as_ever(tmp_path):
    path = tmp_path / "image.gz"
    path.write_bytes(gzip.compress(b"\x89PNG\0"))
    assert utf8_of(open_corpus(str(path), BYTES).text()) == b"\x89PNG\0"


def test_standard_input_may_be_anything(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\0\xff\r\n")))
    assert utf8_of(open_corpus("-", BYTES).text()) == b"\0\xff\r\n"


def test_an_empty_file_is_refused(write):
    with pytest.raises(SourceError, match="the file is empty"):
        open_corpus(str(write(b"")), BYTES)


def test_nothing_can_be_cut_off():
    with pytest.raises(ValueError, match=r"encoding=bytes.*strip=gutenberg.*set one of the two"):
        FileOptions(encoding="bytes", strip="gutenberg")


def test_a_refused_file_is_told_how_to_be_read_nevertheless(write):
    with pytest.raises(SourceError, match=r"any file at all.*--set source\.encoding=bytes"):
        open_corpus(str(write(b"text\0and more")), FileOptions())
