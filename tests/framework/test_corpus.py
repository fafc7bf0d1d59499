"""A corpus of many documents: what is between them, and what is counted of it."""

from __future__ import annotations

import hashlib
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgen import Corpus, DocumentStart, corpus_from_chunks, corpus_from_text, join_documents
from textgen import corpus as corpus_module

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


PARTS = st.lists(st.tuples(st.text("ab é\u0301\n", max_size=12), st.booleans()), max_size=8)


def documents(chunks):
    """Return the text of each document, the first one begun or not."""
    found = [""]
    for chunk in chunks:
        if isinstance(chunk, DocumentStart):
            found.append("")
        found[-1] += chunk
    return found


@given(PARTS, st.lists(st.integers(1, 5), min_size=1), st.integers(1, 20))
def test_a_corpus_comes_in_pieces_that_do_not_depend_on_how_it_is_cut(parts, lengths, most):
    chunks = [DocumentStart(text) if starts else text for text, starts in parts if text]
    anew = []
    for chunk in chunks:
        kind, rest = type(chunk), str(chunk)
        for length in cycle(lengths):
            if not rest:
                break
            anew.append(kind(rest[:length]))
            kind, rest = str, rest[length:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus_module, "_PIECE", most)
        pieces = list(Corpus(chunks, provenance=None))
        again = list(Corpus(anew, provenance=None))
    assert documents(pieces) == documents(chunks)
    assert all(0 < len(piece) <= most for piece in pieces)
    assert [(type(piece), piece) for piece in again] == [(type(piece), piece) for piece in pieces]


def test_a_corpus_of_lines_comes_in_large_pieces_that_end_between_words():
    lines = [f"line {number} of many\n" for number in range(200_000)]
    pieces = list(Corpus(lines, provenance=None))
    assert "".join(pieces) == "".join(lines)
    assert {len(piece) >> 18 for piece in pieces[:-1]} == {3}
    assert all(piece[0].isspace() for piece in pieces[1:])


def test_a_text_of_nothing_but_marks_is_cut_where_it_must_be():
    pieces = list(Corpus(["\u0301" * 3_000_000], provenance=None))
    assert list(map(len, pieces)) == [1 << 20, 1 << 20, 3_000_000 - (1 << 21)]


def test_a_document_without_a_character_is_none_wherever_it_stands():
    record = {"locator": "x:y", "title": "t", "origin": "o", "sha256_received": "0"}
    empty, first, last = DocumentStart(""), DocumentStart("a"), DocumentStart("b")
    expected = corpus_from_chunks([first, last], **record).provenance
    assert expected.documents == 2
    for chunks in ([empty, first, last], [first, empty, last], [first, last, empty]):
        assert corpus_from_chunks(chunks, **record).provenance == expected
