"""The model of this package, by itself."""

import pytest
import torch

from textgen_ngram import NgramOptions
from textgen_ngram.model import Ngrams

V = 7
TOKENS = torch.randint(V, (5, 30), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("order", [1, 2, 6])
def test_probabilities_are_positive_and_sum_to_one_before_and_after_the_fit(order):
    model = Ngrams(V, NgramOptions(order=order))
    for _ in range(2):
        chances = model(TOKENS)[0].exp()
        assert chances.min() > 0
        torch.testing.assert_close(chances.sum(-1), torch.ones(5, 30))
        model.fit(TOKENS.flatten() * TOKENS.flatten().roll(1) % V)


@pytest.mark.textgen_part("model", "ngram")
def test_keeps_the_contract(conformance):
    conformance()
