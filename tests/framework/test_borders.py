"""Borders: a text cut there and put together is the text, however each side is read."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
