"""A corpus of many documents: what is between them, and what is counted of it."""

from __future__ import annotations

import hashlib

import pytest

from textgen import DocumentStart, corpus_from_chunks, corpus_from_text, join_documents

RECORD = {"locator": "x:y", "title": "t", "origin": "o", "sha256_received": "0"}


def test_documents_are_separated_and_their_beginnings_known():
    chunks = list(join_documents([["a", "b"], ["", "c"], [], [""], ["d"]], "|"))
    assert "".join(chunks) == "ab|c|d"
    assert [chunk for chunk in chunks if isinstance(chunk, DocumentStart)] == ["a", "c", "d"]


@pytest.mark.parametrize("documents", [[["ab"], ["c"]], [["a", "b"], ["", "c"]]])
def test_without_a_separator_nothing_stands_between(documents):
    assert list(map(str, join_documents(documents, "")))[-1] == "c"
    assert "".join(join_documents(documents, "")) == "abc"


def test_the_checksum_does_not_depend_on_how_the_text_is_cut():
    whole = corpus_from_text("abç\ud800d", **{key: RECORD[key] for key in list(RECORD)[:3]})
    cut = corpus_from_chunks(["ab", "ç\ud800", "", "d"], **RECORD)
    assert cut.provenance.sha256_text == whole.provenance.sha256_text
    assert cut.text() == whole.text()


def test_documents_are_counted():
    starts = [DocumentStart("a"), "b", DocumentStart("c")]
    corpus = corpus_from_chunks(starts, **RECORD)
    assert corpus.provenance.documents == 2
    assert corpus.provenance.sha256_text == hashlib.sha256(b"abc").hexdigest()
    assert corpus_from_chunks(["abc"], **RECORD).provenance.documents == 1
