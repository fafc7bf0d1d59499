"""Borders: a text cut there and put together is the text, however each side is read."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen import Corpus, DocumentStart
from textgen import corpus as corpus_module
from textgen.borders import last_border

FORMS = ["NFC", "NFD", "NFKC", "NFKD"]
TOUCHY = (
    "aeÉİΣσς \n\r\t\u0301\u0323\u0345\u1100\u1161\u11a8\uac00ㄱㅏﾞｶ\u09c7\u09be😀\u200d\u2000數值"
)
TEXTS = st.text(TOUCHY, max_size=40) | st.text(max_size=40)


def cut(text, *, between_words=False):
    """Cut a text at all of its borders, or at those before white space."""
    pieces = []
    while border := last_border(text):
        if between_words and not text[border].isspace():
            break
        pieces.insert(0, text[border:])
        text = text[:border]
    return [text, *pieces]


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_pieces_in_a_normal_form_are_the_whole_in_it(text):
    pieces = cut(text)
    assert "".join(pieces) == text
    for form in FORMS:
        each = [unicodedata.normalize(form, piece) for piece in pieces]
        assert "".join(each) == unicodedata.normalize(form, text)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("aΣ'\u0301 \n"), max_size=20))
def test_pieces_cut_between_words_are_the_whole_in_lower_case(text):
    """The lower case of a sigma depends on what is beside it."""
    pieces = cut(text, between_words=True)
    assert "".join(piece.lower() for piece in pieces) == text.lower()


def test_no_character_that_is_composed_with_one_before_it_begins_a_piece():
    """All that Python's Unicode knows, beside every character that anything is composed with."""
    pairs = []
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            pairs.append("".join(chr(int(part, 16)) for part in parts))
    composed = [pair for pair in pairs if len(unicodedata.normalize("NFC", pair)) == 1]
    assert len(composed) > 900
    assert [pair for pair in composed if last_border(pair)] == []
    jamo = [chr(0x1100) + chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))]
    assert [pair for pair in jamo if last_border(pair)] == []


def test_no_mark_that_is_put_in_order_begins_a_piece():
    marks = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code))]
    assert [mark for mark in marks if last_border("a" + mark)] == []


@pytest.mark.parametrize(
    ("text", "border"),
    [
        ("", 0),
        ("word", 3),
        ("two words", 3),
        ("two  \r\n words, three", 14),
        ("end\n", 3),
        (" begins", 6),
        ("e\u0301", 0),
        ("数e\u0301", 1),
        ("\uac00\u11a8", 0),
    ],
)
def test_a_border_is_before_white_space_or_else_before_a_letter_with_its_marks(text, border):
    assert last_border(text) == border


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.booleans()), max_size=8), st.integers(1, 20))
def test_a_corpus_has_the_text_and_the_documents_of_its_chunks(parts, least):
    chunks = [DocumentStart(text) if starts else text for text, starts in parts if text]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus_module, "_LEAST", least)
        pieces = list(Corpus(chunks, provenance=None))
    assert documents(pieces) == documents(chunks)
    assert all(pieces)


def documents(chunks):
    found = [""]
    for chunk in chunks:
        if isinstance(chunk, DocumentStart):
            found.append("")
        found[-1] += chunk
    return found


def test_a_corpus_of_lines_comes_in_large_pieces_that_end_between_words():
    lines = [f"line {number} of many\n" for number in range(40_000)]
    pieces = list(Corpus(lines, provenance=None))
    assert "".join(pieces) == "".join(lines)
    assert {len(piece) >> 16 for piece in pieces[:-1]} <= {0, 1}
    assert len(pieces) < 20
    assert all(piece[0].isspace() for piece in pieces[1:])


def test_a_text_of_nothing_but_marks_is_cut_where_it_must_be():
    pieces = list(Corpus(["\u0301" * 200_000], provenance=None))
    assert sum(map(len, pieces)) == 200_000
