"""Any string becomes bytes, and bytes that were no UTF-8 become themselves again."""

from hypothesis import given
from hypothesis import strategies as st

from textgen import utf8_of

ANY = st.text(st.characters(codec=None, categories=None))


@given(st.binary())
def test_bytes_that_were_read_as_text_come_back(data):
    assert utf8_of(data.decode("utf-8", errors="surrogateescape")) == data


@given(ANY)
def test_every_string_has_bytes_and_valid_ones_those_of_utf_8(text):
    data = utf8_of(text)
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert data == text.encode()


@given(ANY, ANY)
def test_they_are_the_same_however_the_text_is_cut(one, other):
    assert utf8_of(one) + utf8_of(other) == utf8_of(one + other)


def test_other_surrogates_take_three_bytes_each():
    assert utf8_of("a\ud800é\udc00\udcff") == b"a\xed\xa0\x80\xc3\xa9\xed\xb0\x80\xff"
