"""Tokenizing a corpus and holding out its end."""

import numpy as np
import pytest

from textgen.data.tokens import tokenize
from textgen.errors import CorpusError


class Letters:
    """The smallest tokenizer: a is 0, b is 1, …."""

    vocab_size = 26

    def encode(self, text):
        return np.array([ord(letter) - 97 for letter in text], dtype=np.uint8)


def test_the_last_tenth_is_held_out_and_nothing_is_lost():
    corpus = tokenize(["abcde", "fghij", "klmnopqrst"], Letters(), validation_fraction=0.1)
    assert corpus.ids.tolist() == list(range(20))
    assert corpus.training.tolist() == list(range(18))
    assert corpus.validation.tolist() == [18, 19]


@pytest.mark.parametrize(("fraction", "split"), [(0.0, 4), (1.0, 0), (0.2, 4)])
def test_the_held_out_part_may_be_nothing_or_all(fraction, split):
    assert tokenize(["abcd"], Letters(), validation_fraction=fraction).split == split


@pytest.mark.parametrize("chunks", [[], [""]])
def test_an_empty_corpus_is_refused(chunks):
    with pytest.raises(CorpusError, match="empty"):
        tokenize(chunks, Letters(), validation_fraction=0.1)
