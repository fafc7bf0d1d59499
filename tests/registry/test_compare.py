"""What differs between runs, and who did best."""

from __future__ import annotations

import json
import math

import pytest

from textgen_registry import MetricPoint, SettingDifference, compare


def record(registry, run, name, values):
    registry.add_metrics(
        run.id, [MetricPoint(step, 0.0, name, value, 0) for step, value in enumerate(values)]
    )


def metric_of(comparison, name):
    (found,) = [metric for metric in comparison.metrics if metric.name == name]
    return found


def test_runs_with_the_same_settings_differ_in_nothing(registry, make_run):
    comparison = compare(registry, [make_run(), make_run()])
    assert comparison.settings == ()
    assert comparison.metrics == ()


def test_settings_that_differ_stand_under_dotted_keys(registry, make_run):
    one = make_run(config={"model": {"hidden_size": 256, "layers": 2}, "seed": 1})
    two = make_run(config={"model": {"hidden_size": 512, "layers": 2}, "seed": 1})
    assert compare(registry, [one, two]).settings == (
        SettingDifference("model.hidden_size", (256, 512), (True, True)),
    )


def test_a_missing_setting_is_told_from_a_null(registry, make_run):
    configs = [{"clip": None}, {}, {"clip": 1.0}]
    comparison = compare(registry, [make_run(config=config) for config in configs])
    assert comparison.settings == (
        SettingDifference("clip", (None, None, 1.0), (True, False, True)),
    )


@pytest.mark.parametrize(
    ("one", "two", "differ"),
    [
        (math.nan, math.nan, False),
        (1, 1.0, False),
        (1, True, True),
        (0, False, True),
        ([1, 2], [1, 2], False),
        ([1, 2], [2, 1], True),
        ({}, {"a": 1}, True),
        (2**53, 2**53 + 1, True),
        ("1", 1, True),
    ],
)
def test_values_differ_only_where_a_reader_would_say_so(registry, make_run, one, two, differ):
    comparison = compare(registry, [make_run(config={"x": one}), make_run(config={"x": two})])
    assert bool(comparison.settings) == differ


def test_part_versions_environment_and_corpus_are_compared(registry, make_run):
    part = {"name": "lstm", "plugin": "builtin", "package": "textgen-framework", "version": "0.1"}
    one = make_run(
        parts={"model": part}, environment={"torch": "2.6"}, provenance={"sha256_text": "aa"}
    )
    two = make_run(
        parts={"model": {**part, "version": "0.2", "plugin": "other"}},
        environment={"torch": "2.7"},
        provenance={"sha256_text": "bb", "title": "Alice"},
    )
    values = {row.key: row.values for row in compare(registry, [one, two]).settings}
    assert values == {
        "parts.model.version": ("0.1", "0.2"),
        "environment.torch": ("2.6", "2.7"),
        "corpus.sha256_text": ("aa", "bb"),
    }


@pytest.mark.parametrize(
    ("name", "winner"),
    [
        ("validation_loss", 1),
        ("bits_per_char", 1),
        ("perplexity", 1),
        ("cross_entropy_sum", 1),
        ("accuracy", 0),
        ("validation_accuracy", 0),
    ],
)
def test_less_is_better_for_losses_and_more_for_accuracy(registry, make_run, name, winner):
    runs = [make_run(), make_run()]
    record(registry, runs[0], name, [5.0, 3.0, 4.0])
    record(registry, runs[1], name, [4.0, 2.0, 3.0])
    found = metric_of(compare(registry, runs), name)
    assert found.winners == (winner,)
    assert found.best == ((3.0, 2.0) if winner else (5.0, 4.0))
    assert found.last == (4.0, 3.0)


@pytest.mark.parametrize(
    "name",
    ["learning_rate", "seconds_per_step", "epoch", "tokens_per_second", "gradient_norm", "x"],
)
def test_nobody_wins_what_is_not_a_contest(registry, make_run, name):
    runs = [make_run(), make_run()]
    for run in runs:
        record(registry, run, name, [1.0, 2.0])
    found = metric_of(compare(registry, runs), name)
    assert (found.better, found.best, found.winners) == (None, (None, None), ())
    assert found.last == (2.0, 2.0)


def test_nan_never_wins_and_an_infinity_may(registry, make_run):
    runs = [make_run() for _ in range(3)]
    record(registry, runs[0], "loss", [math.nan, math.nan])
    record(registry, runs[1], "loss", [math.inf])
    record(registry, runs[2], "loss", [math.nan, math.inf, math.nan])
    found = metric_of(compare(registry, runs), "loss")
    assert repr(found.best) == "(nan, inf, inf)"
    assert repr(found.last) == "(nan, inf, nan)"
    assert found.winners == (1, 2)


def test_where_all_are_nan_or_only_one_was_measured_nobody_wins(registry, make_run):
    runs = [make_run(), make_run()]
    for run in runs:
        record(registry, run, "loss", [math.nan])
    record(registry, runs[0], "perplexity", [1.0])
    comparison = compare(registry, runs)
    assert metric_of(comparison, "loss").winners == ()
    assert metric_of(comparison, "perplexity").winners == ()
    assert metric_of(comparison, "perplexity").best == (1.0, None)


def test_a_comparison_is_plain_json(registry, make_run):
    runs = [make_run("one", config={"a": 1}), make_run("two", config={})]
    for run in runs:
        record(registry, run, "loss", [1.0])
    shown = json.loads(json.dumps(compare(registry, runs).as_dict()))
    assert [run["name"] for run in shown["runs"]] == ["one", "two"]
    assert shown["settings"] == [{"key": "a", "values": [1, None], "present": [True, False]}]
    assert shown["metrics"] == [
        {
            "name": "loss",
            "better": "lower",
            "best": [1.0, 1.0],
            "last": [1.0, 1.0],
            "winners": [0, 1],
        }
    ]
