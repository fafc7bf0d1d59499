"""The model of this package, by itself."""

import pytest
import torch

from textgen_ngram import NgramOptions
from textgen_ngram.model import Ngrams

V = 7
TOKENS = torch.randint(V, (5, 30), generator=torch.Generator().manual_seed(1))


@pytest.fixture(params=[1, 2, 6])
def model(request):
    model = Ngrams(V, NgramOptions(order=request.param))
    model.fit(TOKENS.flatten() * TOKENS.flatten().roll(1) % V)
    return model


def test_probabilities_are_positive_and_sum_to_one_before_and_after_the_fit(model):
    for either in [model, Ngrams(V, NgramOptions())]:
        chances = either(TOKENS)[0].exp()
        assert chances.min() > 0
        torch.testing.assert_close(chances.sum(-1), torch.ones(5, 30))


@pytest.mark.textgen_part("model", "ngram")
def test_keeps_the_contract(conformance):
    conformance()
