"""Token choice: drawn as the logits say, repeatably, and within top-k and top-p."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from textgen import TokenChooser
from textgen.generation import device_choice, host_choice
from textgen.generation.rules import Rules

LOGITS = torch.tensor([[2.0, 1.0, 0.0, -1.0, -5.0]])


def draws(number, **options):
    """Draw from the same logits again and again."""
    choose = TokenChooser(streams=1, seed=1, **options)
    return np.array([choose(LOGITS).item() for _ in range(number)])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_are_drawn_as_often_as_the_logits_say(temperature):
    """A chi-square test; 18.5 is the 99.9 % point of four degrees of freedom."""
    number = 4000
    counts = np.bincount(draws(number, temperature=temperature), minlength=5)
    expected = (LOGITS[0] / temperature).softmax(-1).numpy() * number
    assert ((counts - expected) ** 2 / expected).sum() < 18.5


def test_temperature_zero_takes_the_likeliest():
    assert set(draws(50, temperature=0.0)) == {0}


def test_top_k_and_top_p_leave_the_rest_out():
    assert set(draws(500, top_k=2, temperature=3.0)) == {0, 1}
    assert set(draws(500, top_k=1)) == {0}
    # The two likeliest have 0.86 of the probability, the likeliest alone 0.63.
    assert set(draws(500, top_p=0.7)) == {0, 1}
    assert set(draws(500, top_p=0.6)) == {0}
    assert set(draws(500, top_p=1.0, top_k=99)) <= set(range(5))


@given(
    logits=st.lists(st.floats(-20, 20, width=32), min_size=2, max_size=9),
    top_k=st.none() | st.integers(1, 9),
    top_p=st.none() | st.floats(0.01, 1),
)
def test_what_is_drawn_is_a_distribution_that_keeps_the_likeliest(logits, top_k, top_p):
    choose = TokenChooser(streams=1, seed=0, top_k=top_k, top_p=top_p)
    row = torch.tensor([logits])
    probabilities = choose.probabilities(row)
    assert (probabilities >= 0).all()
    assert probabilities[0, row.argmax()] > 0
    assert probabilities[0, choose(row)] > 0


def test_the_seed_decides_and_streams_do_not_disturb_each_other():
    many = LOGITS.expand(3, -1)
    alone, beside = TokenChooser(streams=1, seed=7), TokenChooser(streams=3, seed=7)
    one = [alone(LOGITS)[0].item() for _ in range(300)]
    three = torch.stack([beside(many) for _ in range(300)])
    assert three[:, 0].tolist() == one
    assert three[:, 1].tolist() != one
    assert one != draws(300).tolist()


rules = st.builds(
    Rules,
    temperature=st.sampled_from([0.0, 0.5, 1.0, 3.0]),
    top_k=st.none() | st.integers(1, 9),
    top_p=st.none() | st.floats(0.01, 1),
)


@given(rules=rules, seed=st.integers(0, 99))
def test_host_and_device_choose_alike(rules, seed):
    """Logits differ by more than rounding, and draws lie apart from where a choice tips over."""
    generator = np.random.default_rng(seed)
    logits = generator.permuted(np.tile(np.linspace(-3, 3, 7), (50, 1)), axis=1)
    logits, draws = torch.from_numpy(logits).float(), torch.from_numpy(generator.random(50)).float()
    edges = device_choice.probabilities(logits, rules).cumsum(-1)
    certain = ((edges - draws[:, None]).abs() > 1e-5).all(-1)
    host = torch.from_numpy(host_choice.pick(logits.numpy(), draws.numpy(), rules))
    assert torch.equal(host[certain], device_choice.pick(logits, draws, rules)[certain])
    assert certain.sum() > 40


@pytest.mark.parametrize("draw", [0.0, 1 - 2**-24])
def test_the_least_and_the_greatest_draw_choose_tokens_that_can_be_drawn(draw):
    """Also where rounding lifts the greatest to the total, and where tokens are left out."""
    logits = torch.tensor([[-200.0, 0.1, 0.2, 0.3, -200.0]]).expand(300, -1)
    draws = torch.full((300,), draw)
    for one in (Rules(1.0, None, None), Rules(1.0, 2, None), Rules(0.7, None, 0.5)):
        possible = device_choice.probabilities(logits, one)[0] > 0
        for picked in (
            torch.from_numpy(host_choice.pick(logits.numpy(), draws.numpy(), one)),
            device_choice.pick(logits, draws, one),
        ):
            assert possible[picked].all()


def test_draws_are_the_same_however_many_are_asked_for_at_once():
    one, many = TokenChooser(streams=2, seed=3), TokenChooser(streams=2, seed=3)
    single = torch.cat([one.draw(1) for _ in range(600)])
    assert torch.equal(single, torch.cat([many.draw(64) for _ in range(10)])[:600])
    assert (single >= 0).all()
    assert (single < 1).all()
