"""What a registry keeps is kept alike by a SQLite file and by a PostgreSQL server."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, literal, select

from textgen.errors import RegistryError
from textgen_registry import MetricPoint, Registry
from textgen_registry.database.column_types import Json, escaped, unescaped
from textgen_registry.database.schema import property_

ODD = "Grüße\n\x00\x1b[31m 𝕏 \\u0000 \\x00 \r\n'; drop table run; --"
SURROGATE = "book-\udcff.txt"
TELLING = [
    "\\",
    "\x00",
    "u0000",
    "\\u005c",
    "u005c",
    "\udcff",
    "\\udcff",
    "ud8",
    "a",
    "\ud83d\ude00",
]
TEXTS = st.text() | st.lists(st.sampled_from(TELLING)).map("".join)
FLOATS = st.floats() | st.sampled_from([-0.0, 1e15, 1e16, 1e22, 1e300, 9999999999999998.0, 1e-320])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | FLOATS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS | st.just("$float"), inner),
    max_leaves=10,
)
ENDING = {"step": 1, "summary": {}, "best_loss": None, "bits_per_char": None}


def same(one, other):
    """Equal, with NaN equal to itself and 0.0 not to -0.0; keys are in any order."""
    return _plain(one) == _plain(other)


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else repr(value)


@given(TEXTS)
def test_any_text_comes_back_from_its_escaped_form_which_any_database_can_hold(text):
    stored = escaped(text)
    assert "\x00" not in stored
    stored.encode("utf-8")
    assert unescaped(stored) == text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(VALUES, max_size=5))
def test_any_json_value_comes_back(any_registry, values):
    ask = select(literal(values, Json))
    assert same(any_registry.database.read(lambda connection: connection.scalar(ask)), values)


def test_text_of_every_kind_comes_back_and_a_surrogate_as_its_escape(any_registry, make_run):
    run = make_run(into=any_registry, source=f"file:{SURROGATE}", prompt=ODD)
    any_registry.set_sample(run.id, ODD, ODD * 2 + SURROGATE)
    any_registry.finish_run(run.id, status="failed", reason=f"{SURROGATE}\x00", **ENDING)
    found = any_registry.find(run.id)
    assert found.source == "file:book-\\udcff.txt"
    assert (found.sample_prompt, found.sample_text) == (ODD, f"{ODD}{ODD}book-\\udcff.txt")
    assert found.reason == "book-\\udcff.txt\\x00"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.0, 1e-320, 1e300, 1.1])
def test_any_float_comes_back_as_figure_loss_and_setting(any_registry, make_run, value):
    run = make_run(into=any_registry, config={"model": {"clip": value}, "\x00": [value]})
    any_registry.add_metrics(run.id, [MetricPoint(1, 0.5, "train_loss", value, 7)])
    figures = {"best_loss": value, "bits_per_char": value}
    any_registry.store_checkpoint(run.id, {}, step=1, summary=figures, **figures)
    found = any_registry.find(run.id)
    assert same(found.config, {"model": {"clip": value}, "\x00": [value]})
    assert same([found.best_loss, found.bits_per_char, found.summary], [value, value, figures])
    assert same(any_registry.runs()[0].best_loss, value)
    (point,) = any_registry.metrics(run.id)
    assert same(point.value, value)


def test_json_is_jsonb_on_a_server(postgresql, make_run):
    registry = Registry(postgresql.new_database())
    make_run(into=registry, config={"model": {"hidden_size": 256}})
    ask = "SELECT pg_typeof(config)::text, config->'model'->>'hidden_size' FROM run"
    assert postgresql.sql(ask, postgresql.url(registry.location.url.database)) == [("jsonb", "256")]


def test_names_are_sorted_by_code_point(any_registry):
    names = ["a", "B", "_a", "ä", "Z", "a-b", "ab"]
    rows = [{"name": name, "value": ""} for name in names]
    any_registry.database.write(lambda connection: connection.execute(insert(property_), rows))
    ask = select(property_.c.name).order_by(property_.c.name)
    found = any_registry.database.read(lambda connection: connection.scalars(ask).all())
    assert found == sorted([*names, "artifacts"])


def test_a_run_goes_through_its_whole_life(any_registry, make_run):
    run = make_run("alice", into=any_registry, tags=["b", "a"])
    points = [MetricPoint(step, 0.1, name, 1 / step, 5) for name in "ab" for step in range(1, 4)]
    any_registry.add_metrics(run.id, points)
    any_registry.store_checkpoint(run.id, {"last": b"2"}, **{**ENDING, "step": 2})
    any_registry.add_metrics(run.id, [MetricPoint(3, 0.1, "a", 9.0, 6)])
    any_registry.finish_run(run.id, status="interrupted", reason="Ctrl-C", **ENDING)
    assert [row.status for row in any_registry.runs()] == ["interrupted"]
    with pytest.raises(RegistryError, match="is not held"):
        any_registry.set_sample(run.id, "", "")
    any_registry.hold(run.id)
    any_registry.resume_run(run.id, 2, environment={"torch": "2.7"}, parts={})
    again = any_registry.find("alice")
    assert (again.status, again.tags, again.step) == ("running", ("a", "b"), 2)
    assert any_registry.metrics(run.id) == [point for point in points if point.step < 3]
    assert any_registry.metrics(run.id, "b") == [point for point in points[3:] if point.step < 3]
    assert [session.number for session in any_registry.sessions(run.id)] == [1, 2]
    assert any_registry.read_artifact(run.id, "last") == b"2"
    any_registry.delete_run(run.id)
    assert any_registry.runs() == []


def test_what_json_cannot_hold_is_refused_and_nothing_is_stored(any_registry, make_run):
    with pytest.raises(RegistryError, match="object is not JSON serializable"):
        make_run(into=any_registry, config={"model": object()})
    assert any_registry.runs() == []
