"""The word tokenizer: whole words where they are frequent, characters elsewhere, never a gap."""

import numpy as np
import pytest

from textgen import TokenizerError
from textgen_plugins.tokenizers import word as word_module

TEXT = "the cat and the dog and the bird\n\n" * 3 + "a zebra"


def parts(tokenizer, text):
    """Return the text of each token."""
    return [tokenizer.decode(np.array([number])) for number in tokenizer.encode(text)]


def test_words_white_space_and_signs_are_tokens(learned):
    tokenizer = learned("word", "Don’t stop,\n\n  Ann's café! " * 2)
    assert parts(tokenizer, "Don’t stop,\n\n  Ann's café!") == [
        *("Don’t", " ", "stop", ",", "\n\n  ", "Ann's", " ", "café", "!")
    ]


def test_marks_stay_in_their_words(learned):
    text = "cafe\u0301 हिन्दी "
    assert parts(learned("word", text * 2), text) == ["cafe\u0301", " ", "हिन्दी", " "]


def test_a_rare_or_unknown_word_is_spelt(learned):
    tokenizer = learned("word", TEXT)
    assert parts(tokenizer, "the zebra") == ["the", " ", *"zebra"]
    assert parts(tokenizer, "the bat") == ["the", " ", *"bat"]


def test_the_most_frequent_words_get_what_room_there_is(learned):
    characters = len(set(TEXT))
    tokenizer = learned("word", TEXT, max_vocab=characters + 2)
    assert tokenizer.vocab_size == characters + 2
    assert parts(tokenizer, "the and cat") == ["the", " ", "and", " ", *"cat"]


def test_words_as_frequent_as_each_other_come_in_order(learned):
    words = learned("word", "ccc bbb aaa " * 2).state()["words"]
    assert words == ["aaa", "bbb", "ccc"]


def test_a_vocabulary_too_small_for_the_characters_is_refused_with_their_number(learned):
    with pytest.raises(TokenizerError, match=r"max_vocab=3 .* 5 characters .*max_vocab=5 or more"):
        learned("word", "abcde", max_vocab=3)
    assert learned("word", "abcde", max_vocab=5).vocab_size == 5


def test_an_unknown_character_is_named_by_its_place_in_the_text(learned):
    with pytest.raises(TokenizerError, match=r"'word'.*'é' LATIN.* at 8 \(1×\)"):
        learned("word", TEXT).encode("the cat é")


def test_an_unknown_character_can_be_replaced(learned):
    tokenizer = learned("word", TEXT, unknown="replace", replacement="*")
    assert tokenizer.decode(tokenizer.encode("the café")) == "the ca**"


def test_a_word_without_end_is_cut(learned):
    tokenizer = learned("word", "x" * 100_000)
    assert tokenizer.decode(tokenizer.encode("x" * 333)) == "x" * 333
    assert max(map(len, tokenizer.state()["words"])) < 200


def test_counting_forgets_the_rarest_words_where_there_are_too_many(learned, monkeypatch):
    monkeypatch.setattr(word_module, "_MOST_COUNTED", 10)
    text = " ".join(["often"] * 9 + [f"w{number}" for number in range(1000)])
    assert "often" in learned("word", text, min_count=1).state()["words"]


@pytest.mark.parametrize(
    "words", [None, "ab", [1], ["a"], ["ab", "ab"], ["az"], [""], {"ab": 1}, [["a", "b"]]]
)
def test_a_damaged_state_is_refused(made, words):
    with pytest.raises(TokenizerError, match=r"'word'.*damaged"):
        made("word").load_state({"code_points": [97, 98], "words": words})


def test_the_state_of_another_tokenizer_is_refused(made, learned):
    with pytest.raises(TokenizerError, match="'words'"):
        made("word").load_state(learned("char", "abc").state())
