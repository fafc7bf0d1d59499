"""Runs that trained for different lengths are compared where they had spent the same."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgen_registry import Evaluation, Ground, MetricPoint, Sample, compare
from textgen_registry.comparison.equal_cost import at_equal_cost

COMMON = Ground(same_text=True, same_tokens=True)
PLAN = {"steps": 100, "tokens_per_step": 10, "vocab_size": 5, "training_tokens": 900}


def looks(*costs, cost="tokens", loss=1.0):
    """Evaluations of a run that had spent so much at each of them."""
    spent = {"tokens": None, "seconds": None}
    return [
        Evaluation(step, **{**spent, cost: amount}, figures={"validation_loss": loss})
        for step, amount in enumerate(costs, 1)
    ]


def record(registry, run, losses, *, seconds=None):
    """Record held-out losses by step, and what time it was."""
    for step, loss in losses.items():
        values = {"validation_loss": loss, "bits_per_char": loss * 2}
        values |= {"seconds": seconds[step]} if seconds else {}
        points = [MetricPoint(step, 0.0, name, value, 0) for name, value in values.items()]
        registry.add_metrics(run.id, points)


def at(comparison, cost, name="validation_loss"):
    """The comparison at one cost, and one of its figures."""
    (item,) = [item for item in comparison.equal_cost if item.cost == cost]
    (figure,) = [figure for figure in item.figures if figure.name == name]
    return item, figure


def test_each_run_is_read_where_the_shortest_had_spent_all(registry, make_run):
    long, short = make_run(plan=PLAN), make_run(plan={**PLAN, "tokens_per_step": 8})
    record(registry, long, {10: 3.0, 20: 2.0, 30: 1.0})
    record(registry, short, {10: 2.5, 27: 1.5})
    item, losses = at(compare(registry, [long, short]), "tokens")
    assert (item.limit, item.spent, item.steps) == (216, (200, 216), (20, 27))
    sixteen_hundredths_on = pytest.approx(2.0 - 0.16)
    assert losses.values == (sixteen_hundredths_on, 1.5)
    assert losses.winners == (1,)


def test_a_run_that_is_better_throughout_wins_however_seldom_it_was_looked_at():
    good = [*looks(100, loss=2.0), *looks(300, loss=1.0)]
    bad = looks(250, loss=1.9)
    (item,) = at_equal_cost([good, bad], "tokens", COMMON)
    assert item.figures[0].values == (pytest.approx(1.25), 1.9)
    assert item.figures[0].winners == (0,)


def test_who_is_best_may_not_be_who_is_best_for_as_much_time(registry, make_run):
    slow, quick = make_run(plan=PLAN), make_run(plan=PLAN)
    record(registry, slow, {10: 2.0, 20: 1.0}, seconds={10: 30.0, 20: 60.0})
    record(registry, quick, {10: 2.2, 20: 1.5}, seconds={10: 5.0, 20: 40.0})
    comparison = compare(registry, [slow, quick])
    assert at(comparison, "tokens")[1].winners == (0,)
    item, losses = at(comparison, "seconds")
    assert (item.limit, item.spent) == (40.0, (30.0, 40.0))
    assert losses.values == (pytest.approx(5 / 3), 1.5)
    assert losses.winners == (1,)


costs = st.lists(st.integers(0, 1000), min_size=1, max_size=8, unique=True).map(sorted)


@given(st.lists(costs, min_size=2, max_size=5))
def test_nobody_has_spent_more_than_the_limit_and_nobody_had_a_later_look_within_it(runs):
    (item,) = at_equal_cost([looks(*of_run) for of_run in runs], "tokens", COMMON)
    assert item.limit == min(of_run[-1] for of_run in runs)
    assert item.limit in item.spent
    for spent, of_run in zip(item.spent, runs, strict=True):
        within = [amount for amount in of_run if amount <= item.limit]
        assert spent == (within[-1] if within else None)


def test_a_run_that_was_first_looked_at_later_has_no_figure():
    (item,) = at_equal_cost([looks(50), looks(60, 90)], "tokens", COMMON)
    assert (item.spent, item.steps) == ((50, None), (1, None))
    assert item.figures[0].values == (1.0, None)
    assert item.figures[0].winners == ()


def test_runs_of_unknown_cost_take_no_part_and_one_alone_compares_with_nobody():
    unknown = looks(None, None)
    (item,) = at_equal_cost([looks(50, 70), unknown, [], looks(60)], "tokens", COMMON)
    assert item.limit == 60
    assert item.spent == (50, None, None, 60)
    assert not list(at_equal_cost([looks(50), unknown, []], "tokens", COMMON))


@pytest.mark.parametrize("per_step", [None, 0, -3, True, "10", math.nan])
def test_a_plan_that_tells_no_tokens_makes_no_cost(registry, make_run, per_step):
    runs = [make_run(plan={**PLAN, "tokens_per_step": per_step}) for _ in range(2)]
    for run in runs:
        record(registry, run, {10: 1.0})
    comparison = compare(registry, runs)
    assert comparison.equal_cost == ()
    assert [look.tokens for (look,) in comparison.evaluations] == [None, None]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_number_never_wins(bad):
    runs = [looks(10, loss=bad), looks(10, loss=5.0)]
    (item,) = at_equal_cost(runs, "tokens", COMMON)
    assert item.figures[0].winners == (1,)


def winners(registry, runs):
    for run in runs:
        record(registry, run, {10: 1.0 if run is runs[0] else 2.0})
    comparison = compare(registry, runs)
    best = {metric.name: metric.winners for metric in comparison.metrics}
    (item,) = comparison.equal_cost
    assert {figure.name: figure.winners for figure in item.figures} == best
    return best


def test_on_the_same_text_in_the_same_tokens_the_lower_loss_wins(registry, make_run):
    won = winners(registry, [make_run(plan=PLAN), make_run(plan=PLAN)])
    assert won == {"validation_loss": (0,), "bits_per_char": (0,)}


@pytest.mark.parametrize(
    "other",
    [
        {"provenance": {"sha256_text": "bb"}},
        {"provenance": {}},
        {"config": {"training": {"validation_fraction": 0.2}}},
    ],
)
def test_nobody_wins_where_the_held_out_texts_differ_or_are_not_known(registry, make_run, other):
    won = winners(registry, [make_run(plan=PLAN), make_run(plan=PLAN, **other)])
    assert won == {"validation_loss": (), "bits_per_char": ()}


@pytest.mark.parametrize(
    "other",
    [
        {"tokenizer": "words"},
        {"config": {"tokenizer": {"lowercase": True}}},
        {"plan": {**PLAN, "vocab_size": 6}},
    ],
)
def test_bits_per_character_alone_compare_across_tokenizers(registry, make_run, other):
    won = winners(registry, [make_run(plan=PLAN), make_run(**{"plan": PLAN, **other})])
    assert won == {"validation_loss": (), "bits_per_char": (0,)}


def test_a_comparison_with_all_that_it_has_is_plain_json(registry, make_run):
    runs = [make_run(plan=PLAN) for _ in range(2)]
    for run in runs:
        record(registry, run, {10: 1.0}, seconds={10: 3.0})
    registry.set_sample(runs[0].id, "Once ", "upon a time")
    comparison = compare(registry, [registry.find(run.id) for run in runs])
    assert comparison.samples == (Sample("Once ", "upon a time"), None)
    shown = json.loads(json.dumps(comparison.as_dict()))
    assert shown["ground"] == {"same_text": True, "same_tokens": True}
    assert [item["limit"] for item in shown["equal_cost"]] == [100, 3.0]
    assert shown["evaluations"][0][0]["tokens"] == 100
    assert shown["samples"] == [{"prompt": "Once ", "text": "upon a time"}, None]
