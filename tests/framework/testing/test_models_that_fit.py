"""Models that fit themselves are tried after their fit, by every rule that needs no gradient."""

import pytest
import torch
from torch import nn

from textgen.testing import check


class Table(nn.Module):
    """Counts pairs of tokens, and has no weights."""

    def __init__(self, vocab_size, options):
        super().__init__()
        self.register_buffer("pairs", torch.ones(vocab_size, vocab_size), persistent=self.kept)

    kept = True

    def fit(self, tokens):
        for pair in zip(tokens[:-1].tolist(), tokens[1:].tolist(), strict=True):
            self.pairs[pair] += 1

    def forward(self, tokens, state=None):
        return (self.pairs / self.pairs.sum(dim=1, keepdim=True)).log()[tokens], None


class LosesWhatItCounted(Table):
    kept = False


class CountsNothing(Table):
    def fit(self, tokens):
        pass


class NeedsTwoTokens(Table):
    def fit(self, tokens):
        super().fit(tokens)
        self.first = tokens[1]


class CannotReadBeforeItsFit(Table):
    def forward(self, tokens, state=None):
        assert (self.pairs > 1).any()
        return super().forward(tokens, state)


unseeded = torch.Generator().manual_seed(7)


class ForgetsAtRandom(Table):
    def fit(self, tokens):
        super().fit(tokens[torch.rand(len(tokens), generator=unseeded) < 0.9])


@pytest.mark.parametrize(
    ("model", "rules"),
    [
        (Table, set()),
        (LosesWhatItCounted, {"save and load"}),
        (CountsNothing, {"learns"}),
        (NeedsTwoTokens, {"fits any text"}),
        (CannotReadBeforeItsFit, {"fits any text"}),
        (ForgetsAtRandom, {"seeded"}),
    ],
)
def test_a_model_that_fits_itself_is_tried_after_it_has(model, rules, broken_rules):
    assert set(broken_rules("model", model)) == rules


def test_what_does_not_apply_to_a_model_is_said(subject_made_by):
    outcomes = {item.rule.name: item for item in check(subject_made_by("model", Table))}
    reasons = {
        name: item.message for name, item in outcomes.items() if item.state == "not applicable"
    }
    reasons.pop("cpu and cuda agree", None)
    assert reasons == {
        "state carried": "it hands out no state",
        "step decoder": "it offers none",
        "resume": "it fits itself, in one go",
    }
