"""Evaluation: the fast ways give what the plain loops give, and leave no trace."""

import math

import pytest
import torch
from torch.nn import functional as F

from textgen.training.evaluation import Span, bits_per_character, evaluate
from textgen_plugins.models.lstm import LSTMModel
from textgen_plugins.models.options import SingleLSTMOptions

VOCAB = 7


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return LSTMModel(VOCAB, 2, SingleLSTMOptions(hidden_size=8, dropout=0.5)).double()


@pytest.fixture(scope="module")
def tokens():
    generator = torch.Generator().manual_seed(0)
    return torch.randint(VOCAB, (4000,), generator=generator, dtype=torch.uint8)


def to_the_end(tokens, begin):
    return [Span(0, begin, len(tokens))]


def plain_total(model, tokens, begin):
    """One stream, one token after the other, from the very beginning."""
    model.eval()
    with torch.no_grad():
        logits, _ = model(tokens[None, :-1].long())
    answers = tokens[begin:].long()
    return F.cross_entropy(logits[0, begin - 1 :].float(), answers, reduction="sum").item()


@pytest.mark.parametrize("begin", [1, 300, 1201, 3990])
def test_carried_state_scores_every_token_once(model, tokens, begin):
    score = evaluate(model, tokens, spans=to_the_end(tokens, begin), way="streams", window=0)
    assert score.tokens == len(tokens) - begin
    assert score.total == pytest.approx(plain_total(model, tokens, begin), rel=1e-4)


@pytest.mark.parametrize("begin", [20, 1500, 3999])
def test_windows_predict_each_token_from_a_zero_state(model, tokens, begin):
    model.eval()
    text, total = tokens[: begin + 700], 0.0
    with torch.no_grad():
        for place in range(begin, len(text)):
            logits, _ = model(text[None, place - 20 : place].long())
            total += F.cross_entropy(logits[:, -1], text[place : place + 1].long()).item()
    score = evaluate(model, text, spans=to_the_end(text, begin), way="windows", window=20)
    assert score.total == pytest.approx(total, rel=1e-5)
    assert score.tokens == len(text) - begin


def test_an_evaluation_changes_neither_mode_nor_random_numbers(model, tokens):
    model.train()
    before = torch.get_rng_state()
    evaluate(model, tokens, spans=to_the_end(tokens, 100), way="streams", window=0)
    assert model.training
    assert torch.equal(torch.get_rng_state(), before)


def test_bits_per_character_count_characters_not_tokens():
    assert bits_per_character(math.log(2), tokens=10, characters=10) == pytest.approx(1.0)
    assert bits_per_character(math.log(2), tokens=10, characters=40) == pytest.approx(0.25)


@pytest.mark.parametrize(("begin", "window"), [(1, 16), (300, 16), (3990, 16), (7, 1), (50, 2)])
def test_blocks_score_every_token_once_with_half_a_window_before_it(tokens, begin, window):
    """The model tells how much it saw: its loss on a token is the length of what came before."""

    class Seen(torch.nn.Module):
        def forward(self, tokens, state=None):
            seen = torch.arange(1, tokens.shape[1] + 1).expand(tokens.shape)
            seen_most.append(tokens.shape[1])
            logits = torch.zeros(*tokens.shape, VOCAB)
            rows.append(seen)
            return logits, None

    seen_most, rows = [], []
    score = evaluate(Seen(), tokens, spans=to_the_end(tokens, begin), way="blocks", window=window)
    assert score.tokens == len(tokens) - begin
    assert score.loss == pytest.approx(math.log(VOCAB), rel=1e-5)
    assert max(seen_most) <= window


def test_an_evaluation_that_is_told_to_stop_gives_nothing(model, tokens):
    asked = iter([False, True])
    way = {"spans": to_the_end(tokens, 100), "way": "streams", "window": 0}
    assert evaluate(model, tokens, **way, should_stop=lambda part_done: next(asked)) is None


@pytest.mark.parametrize("way", ["streams", "windows", "blocks"])
def test_an_evaluation_tells_how_far_it_has_come(model, tokens, way):
    parts = []
    spans = to_the_end(tokens, 50)
    evaluate(model, tokens, spans=spans, way=way, window=20, should_stop=parts.append)
    assert parts[0] == 0
    assert parts == sorted(parts)
    assert parts[len(parts) // 2] > 0.2
    assert parts[-1] < 1


@pytest.mark.parametrize("way", ["streams", "windows", "blocks"])
def test_spans_are_scored_as_if_each_were_a_text_of_its_own(model, tokens, way):
    spans = [Span(0, 30, 200), Span(300, 320, 321), Span(321, 341, 1500)]
    each = [
        evaluate(model, tokens[a:c], spans=[Span(0, b - a, c - a)], way=way, window=20)
        for a, b, c in spans
    ]
    score = evaluate(model, tokens, spans=spans, way=way, window=20)
    assert score.tokens == 170 + 1 + 1159
    assert score.total == pytest.approx(sum(one.total for one in each), rel=1e-6)
