"""What all built-in tokenizers have in common: exact round trips, preparation, refusals."""

import json
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen import Corpus, Tokenizer, TokenizerError
from textgen import corpus as corpus_module

NAMES = ["byte", "char", "word", "bpe"]
FORMS = ["none", "NFC", "NFD", "NFKC", "NFKD"]
TOUCHY = "aeÉİΣσ' \n\r\u0301\u0323\u1100\u1161\u11a8ㄱㅏﾞｶﬁ…\u00a8\u09c7\u09be😀\u200d數9_"
# Of bytes that make no character only `char` and `word` make these again: see test_any_bytes.py.
STRAY_BYTES = "".join(map(chr, range(0xDC80, 0xDD00)))
ANY = st.text(
    st.characters(codec=None, categories=None, exclude_characters=STRAY_BYTES), max_size=40
)
TEXTS = st.text(TOUCHY, max_size=40) | ANY

each = pytest.mark.parametrize("name", NAMES)


@each
def test_it_is_a_tokenizer(made, name):
    assert isinstance(made(name), Tokenizer)


@each
@settings(deadline=None, max_examples=60)
@given(text=ANY.filter(bool))
def test_any_text_makes_the_round_trip_by_way_of_a_stored_state(made, learned, name, text):
    """Lone surrogates are characters like any other."""
    tokenizer = learned(name, text, **({"min_count": 1} if name in {"word", "bpe"} else {}))
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert not len(ids) or ids.max() < tokenizer.vocab_size
    restored = made(name)
    restored.load_state(json.loads(json.dumps(tokenizer.state(), ensure_ascii=False).encode()))
    assert restored.vocab_size == tokenizer.vocab_size
    assert np.array_equal(restored.encode(text), ids)
    assert restored.decode(ids) == text


@each
@pytest.mark.parametrize("lowercase", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_a_text_is_read_in_the_form_and_case_asked_for(learned, name, form, lowercase):
    text = "CAFÉ Cafe\u0301 ﬁn ① Ω\u2126 \uac00 \u1100\u1161"
    options = {"normalization": form, "lowercase": lowercase}
    tokenizer = learned(name, text, **options)
    expected = text if form == "none" else unicodedata.normalize(form, text)
    expected = expected.lower() if lowercase else expected
    assert tokenizer.decode(tokenizer.encode(text)) == expected
    assert tokenizer.decode(tokenizer.encode(expected)) == expected


@pytest.mark.parametrize("form", FORMS[1:])
@settings(deadline=None, max_examples=60)
@given(text=TEXTS.filter(bool), size=st.integers(1, 3))
def test_where_a_source_cuts_its_text_changes_no_character(made, form, text, size):
    """Marks, Hangul letters and halves of ligatures are cut apart, and put together again."""
    chunks = [text[at : at + size] for at in range(0, len(text), size)]
    for name in NAMES:
        tokenizer = made(name, normalization=form)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(corpus_module, "_PIECE", 8)
            tokenizer.learn(Corpus(chunks, provenance=None))
            pieces = [tokenizer.encode(piece) for piece in Corpus(chunks, provenance=None)]
        whole = tokenizer.decode(tokenizer.encode(text))
        assert whole == unicodedata.normalize(form, text)
        assert tokenizer.decode(np.concatenate(pieces)) == whole


@each
def test_words_are_the_same_tokens_wherever_a_corpus_was_cut(learned, name):
    text = "It was all said, in one line;  and don’t\r\n\r\nask “why”? Café 1865.\n" * 3000
    tokenizer = learned(name, text)
    for size in (1000, 70_001):
        chunks = [text[at : at + size] for at in range(0, len(text), size)]
        pieces = [tokenizer.encode(piece) for piece in Corpus(chunks, provenance=None)]
        assert np.array_equal(np.concatenate(pieces), tokenizer.encode(text))


@each
def test_an_empty_text_has_no_ids(learned, name):
    tokenizer = learned(name, "abc abc")
    assert tokenizer.encode("").tolist() == []
    assert tokenizer.decode(np.array([])) == ""


@each
@pytest.mark.parametrize(
    ("ids", "named"),
    [([5000], "token id 5000"), ([0, -1], "token id -1"), ([[0]], "shape"), ([0.5], "float64")],
)
def test_ids_outside_the_vocabulary_are_refused(learned, name, ids, named):
    with pytest.raises(TokenizerError, match=f"{name}.*{named}"):
        learned(name, "abc").decode(np.array(ids))


@pytest.mark.parametrize("name", ["char", "word", "bpe"])
def test_an_empty_corpus_is_refused(learned, name):
    with pytest.raises(TokenizerError, match=f"{name}.* empty.*--source"):
        learned(name, "")


@pytest.mark.parametrize("name", NAMES)
def test_bits_per_character_are_of_the_text_and_not_of_the_tokens(learned, name):
    """The held-out part may begin within a character: it is then counted a few too long."""
    text = "Café “數值” 👩\u200d👧 naïve and so on. " * 200
    tokenizer = learned(name, text)
    ids = tokenizer.encode(text)
    for begin in range(len(ids) // 2, len(ids) // 2 + 30):
        before, after = len(tokenizer.decode(ids[:begin])), len(tokenizer.decode(ids[begin:]))
        assert len(text) <= before + after <= len(text) + 4
