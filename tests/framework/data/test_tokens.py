"""Tokenizing a corpus and holding out its end."""

import numpy as np
import pytest
import torch

from textgen.data.batches import StreamBatches, WindowBatches
from textgen.data.tokens import TokenizedCorpus, tokenize
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


def test_ids_of_a_large_vocabulary_can_be_cut_into_batches():
    """Vocabularies beyond 256 come in types that torch cannot index, such as uint16."""
    ids = np.arange(3000, dtype=np.uint16)
    tokens = TokenizedCorpus(ids, split=3000).on(torch.device("cpu"))
    for batches in (
        StreamBatches(tokens, batch_size=4, length=10, seed=0),
        WindowBatches(tokens, batch_size=4, length=10, stride=1, seed=0),
    ):
        inputs, targets = batches.gather(batches.at(0).starts)
        assert torch.equal(targets, inputs + 1)
