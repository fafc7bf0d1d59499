"""Files that are no text, as `source.encoding=bytes` reads them: bytes that make no character."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

DATA = st.lists(
    st.sampled_from(["é数😀\r\n".encode(), b"\xc3", b"\xe6\x95", b"\xff", b"\0"])
    | st.binary(max_size=9)
).map(b"".join)
TEXTS = DATA.map(lambda data: data.decode("utf-8", errors="surrogateescape")).filter(bool)


@given(DATA)
def test_the_ids_of_byte_are_the_bytes_of_the_file(made, data):
    text = data.decode("utf-8", errors="surrogateescape")
    assert made("byte").encode(text).tobytes() == data


@pytest.mark.parametrize("name", ["char", "word"])
@settings(deadline=None)
@given(TEXTS)
def test_bytes_are_characters_like_any_other(learned, name, text):
    tokenizer = learned(name, text)
    assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize("name", ["byte", "bpe"])
@settings(deadline=None)
@given(TEXTS.filter(lambda text: "\udced" not in text))  # what begins as surrogates do is one
def test_a_byte_that_makes_no_character_is_shown_as_one(learned, name, text):
    """So a text has as many characters for all tokenizers, and bits per character compare."""
    tokenizer = learned(name, text, **({"min_count": 1} if name == "bpe" else {}))
    stray = dict.fromkeys(range(0xDC80, 0xDD00), "\N{REPLACEMENT CHARACTER}")
    assert tokenizer.decode(tokenizer.encode(text)) == text.translate(stray)
