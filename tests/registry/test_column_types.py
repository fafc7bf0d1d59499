"""What databases and JSON lose by themselves comes back unchanged."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgen_registry import MetricPoint
from textgen_registry.database.column_types import Json, Words

ORDINARY = st.none() | st.booleans() | st.integers() | st.text() | st.floats()
KEYS = st.text(max_size=3) | st.just("$float")
VALUES = st.recursive(
    ORDINARY, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20
)


def same(one, other):
    """Equal, with NaN equal to itself; repr tells 0.0 from -0.0 and True from 1."""
    return repr(one) == repr(other)


@given(VALUES)
def test_any_json_value_with_any_floats_survives_strict_json(value):
    stored = json.dumps(Json().process_bind_param(value, None), allow_nan=False)
    assert same(Json().process_result_value(json.loads(stored), None), value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.0, 1e-320, 1.1])
def test_any_float_survives_as_metric_value_loss_and_setting(registry, make_run, value):
    run = make_run(config={"model": {"clip": value, "list": [value]}})
    registry.add_metrics(run.id, [MetricPoint(1, 0.5, "train_loss", value, 7)])
    figures = {"best_loss": value, "bits_per_char": value}
    registry.store_checkpoint(run.id, {}, step=1, summary={"best_loss": value}, **figures)
    found = registry.find(run.id)
    assert same(found.config, {"model": {"clip": value, "list": [value]}})
    assert same(found.summary, {"best_loss": value})
    assert same((found.best_loss, found.bits_per_char), (value, value))
    assert same(registry.runs()[0].best_loss, value)
    assert same(registry.metrics(run.id), [MetricPoint(1, 0.5, "train_loss", value, 7)])


def test_text_that_utf8_cannot_hold_is_kept_as_its_escape():
    assert Words().process_bind_param("book-\udcff.txt", None) == "book-\\udcff.txt"


def test_a_sample_of_every_kind_of_character_comes_back(registry, make_run):
    run = make_run()
    text = "Grüße\n\x00\x1b[31m 𝕏 \r\n'; drop table run; --"
    registry.set_sample(run.id, text, text * 2)
    found = registry.find(run.id)
    assert (found.sample_prompt, found.sample_text) == (text, text * 2)
