"""The character tokenizer: exact round trips, small ids, clear refusals."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from textgen import Tokenizer, TokenizerError
from textgen_plugins.tokenizers.char import CharTokenizer
from textgen_plugins.tokenizers.options import CharOptions

ANY_TEXT = st.text(alphabet=st.characters(codec=None, categories=None), max_size=60)


def learned(*chunks, **options):
    tokenizer = CharTokenizer(CharOptions(**options))
    tokenizer.learn(chunks)
    return tokenizer


def test_it_is_a_tokenizer():
    assert isinstance(learned("a"), Tokenizer)


@settings(deadline=None, max_examples=60)
@given(ANY_TEXT.filter(bool))
def test_any_unicode_text_makes_the_round_trip(text):
    """Lone surrogates, side by side too, are characters like any other."""
    tokenizer = learned(text)
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert tokenizer.vocab_size == len(set(text))
    restored = CharTokenizer(CharOptions())
    restored.load_state(json.loads(json.dumps(tokenizer.state())))
    assert restored.decode(restored.encode(text)) == text


def test_ids_follow_the_order_of_code_points():
    assert learned("cab", "a").encode("abc").tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("size", "kind"), [(1, np.uint8), (256, np.uint8), (257, np.uint16), (65_537, np.uint32)]
)
def test_ids_take_the_smallest_type_that_holds_the_vocabulary(size, kind):
    text = "".join(map(chr, range(size)))
    tokenizer = learned(text)
    ids = tokenizer.encode(text)
    assert ids.dtype == kind
    assert np.array_equal(ids, np.arange(size))
    assert tokenizer.decode(ids) == text


def test_texts_longer_than_a_block_are_encoded_whole():
    text = "abc" * 70_000
    tokenizer = learned(text)
    assert tokenizer.decode(tokenizer.encode(text)) == text
    with pytest.raises(TokenizerError, match="'z' LATIN SMALL LETTER Z at 210000 "):
        tokenizer.encode(text + "z")


def test_empty_text_has_no_ids():
    tokenizer = learned("a")
    assert tokenizer.encode("").tolist() == []
    assert tokenizer.decode(np.array([])) == ""


def test_lower_casing_applies_to_corpus_and_prompt():
    tokenizer = learned("Alice", lowercase=True)
    assert tokenizer.decode(tokenizer.encode("ALICE")) == "alice"
    assert tokenizer.vocab_size == 5


def test_unknown_characters_are_named_with_their_places():
    with pytest.raises(TokenizerError) as caught:
        learned("cafe").encode("café café éé \ud800")
    message = str(caught.value)
    assert "3 characters outside the vocabulary of 4" in message
    assert "U+00E9 'é' LATIN SMALL LETTER E WITH ACUTE at 3, 8, 10, … (4×)" in message
    assert "U+D800 '\\ud800' at 13 (1×)" in message
    assert "--set tokenizer.unknown=replace" in message


def test_places_are_those_of_the_text_given_though_lower_case_is_longer():
    """The lower case of İ is two characters, which would push all later places away."""
    tokenizer = learned("i was", lowercase=True)
    with pytest.raises(TokenizerError, match=r"'é' .* at 3, 8 \(2×\)") as caught:
        tokenizer.encode("İİ É    É")
    assert "U+0307 '̇' COMBINING DOT ABOVE at 0, 1 (2×)" in str(caught.value)


def test_the_message_says_which_text_the_places_are_in():
    """A corpus comes in chunks, and a place counts from the beginning of its own."""
    tokenizer = learned("abc ")
    with pytest.raises(TokenizerError, match=r"at 2 \(1×\); places count from 0 in 'ab!'\. "):
        tokenizer.encode("ab!")
    begins = "the text that begins 'abc abc abc abc abc abc abc ab'. "
    with pytest.raises(TokenizerError, match=begins):
        tokenizer.encode("abc " * 100 + "!")


def test_a_long_list_of_unknown_characters_is_cut():
    with pytest.raises(TokenizerError, match="and 20 more"):
        learned("#").encode("abcdefghijklmnopqrstuvwxy")


def test_nothing_learned_knows_no_character():
    with pytest.raises(TokenizerError, match="vocabulary of 0"):
        CharTokenizer(CharOptions()).encode("a")


def test_unknown_characters_can_be_replaced():
    tokenizer = learned("abc", unknown="replace")
    assert tokenizer.vocab_size == 4
    assert tokenizer.decode(tokenizer.encode("a?b")) == "a\N{REPLACEMENT CHARACTER}b"


def test_a_replacement_that_the_corpus_has_adds_nothing():
    tokenizer = learned("ab ", unknown="replace", replacement=" ")
    assert tokenizer.vocab_size == 3
    assert tokenizer.decode(tokenizer.encode("a?b")) == "a b"


@pytest.mark.parametrize("replacement", ["", "ab"])
def test_a_replacement_is_one_character(replacement):
    with pytest.raises(ValidationError):
        CharOptions(replacement=replacement)


def test_an_empty_corpus_is_refused():
    with pytest.raises(TokenizerError, match="empty"):
        learned("", "")


@pytest.mark.parametrize(
    ("ids", "named"),
    [([3], "token id 3"), ([0, -1], "token id -1"), ([[0]], "shape"), ([0.5], "float64")],
)
def test_ids_outside_the_vocabulary_are_refused(ids, named):
    with pytest.raises(TokenizerError, match=named):
        learned("abc").decode(np.array(ids))


@pytest.mark.parametrize(
    "points",
    [None, [], "abc", [98, 97], [97, 97], [-1, 5], [0x110000], [97.0], [True], ["a"]],
)
def test_a_damaged_state_is_refused(points):
    with pytest.raises(TokenizerError, match="damaged"):
        CharTokenizer(CharOptions()).load_state({"code_points": points})


def test_a_stored_vocabulary_without_the_replacement_cannot_replace():
    state = learned("abc").state()
    with pytest.raises(TokenizerError, match=r"tokenizer\.replacement"):
        CharTokenizer(CharOptions(unknown="replace")).load_state(state)
    tokenizer = CharTokenizer(CharOptions(unknown="replace", replacement="b"))
    tokenizer.load_state(state)
    assert tokenizer.decode(tokenizer.encode("a?")) == "ab"


def test_encoding_keeps_pace_with_large_corpora():
    """The floor is a tenth of what two slow cores reach, so that a busy machine passes."""
    text = "It was all said in one line.\n" * 400_000
    tokenizer = learned(text)
    began = time.perf_counter()
    tokenizer.encode(text)
    assert len(text) / (time.perf_counter() - began) > 30e6
