"""Runs are found as the language says: the database agrees with Python."""

from __future__ import annotations

import math
import operator
import time
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen_registry import MetricPoint, names_in, tabulate
from textgen_registry.query.language import DEEPEST, MOST_COMPARISONS, Value
from textgen_registry.query.literals import span

# Of the runs in conftest.py: their names, which of them is lost, and when they are looked for.
NAMES = ["alice", "Ålice-2", "50%_off", "o'brien", "bob", "none", "carol"]
LOST = "o'brien"
NOW = int(datetime(2026, 10, 1, 12, 30, 15, 500_000).timestamp() * 1_000_000) + 3 * 86_400_000_000


# What each name stands for, in Python: None where a run has nothing by it.
def status_of(values):
    return "lost" if values[0] == LOST else values[1]


READ = {
    "name": lambda values: values[0],
    "status": status_of,
    "created": lambda values: values[2],
    "finished": lambda values: values[3],
    "step": lambda values: values[4],
    "bits_per_char": lambda values: values[5],
    "model.size": lambda values: values[6],
    "metric.loss": lambda values: values[7],
    "lowest.loss": lambda values: values[8],
    "tags": lambda values: values[9] or None,
    "notes": lambda values: values[10] or None,
}
COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
NUMBER_NAMES = ["step", "bits_per_char", "metric.loss", "lowest.loss"]
NUMBERS = ["100", "2", "2.0", "1.25", "-0.5", "1e2", "inf", "-inf", "0", "256"]
PIECES = ["a", "A", "å", "%", "_", "'", "old", "e", "none", "256", "x\\", "/"]


def number_holds(value, how, text):
    if text == "nan":
        return math.isnan(value) == (how == "=")
    return COMPARE[how](value, float(text))


def setting_holds(value, how, text):
    if isinstance(value, str):
        return COMPARE[how](value, text) if how in ("=", "!=") else False
    return number_holds(value, how, text)


def time_holds(value, how, text):
    start, end = span(Value(text, quoted=False), NOW)
    inside = start <= value < end
    by_edge = {"<": value < start, "<=": value < end, ">": value >= end, ">=": value >= start}
    return {**by_edge, "=": inside, "!=": not inside}[how]


def text_holds(value, how, text):
    return text.lower() in value.lower() if how == "~" else COMPARE[how](value, text)


def as_text_holds(value, how, text):
    return text_holds(str(value), how, text)


def any_holds(values, how, text):
    return any(text_holds(value, how, text) for value in values)


def asked(names, operators, texts, holds, quote=False):
    """Return a strategy of comparisons: each a text, and what tells of a run whether it holds."""

    def build(name, how, text):
        def holds_of(values):
            value = READ[name](values)
            return value is not None and holds(value, how, text)

        shown = "'" + text.replace("'", "''") + "'" if quote else text
        return f"{name} {how} {shown}", holds_of

    return st.builds(build, *map(st.sampled_from, (names, operators, texts)))


def nothing(name, how):
    return f"{name} {how} none", lambda values: (READ[name](values) is None) == (how == "=")


STATUSES = ["running", "lost", "finished", "interrupted", "failed"]
TIMES = ["2026-10-01", "2026-10-01T12:30", "2026-10-01T12:30:15", "-3d", "-2d", "-5w", "-1000h"]
comparisons = st.one_of(
    asked(NUMBER_NAMES, list(COMPARE), NUMBERS, number_holds),
    asked(NUMBER_NAMES, ["=", "!="], ["nan"], number_holds),
    asked(["model.size"], list(COMPARE), NUMBERS, setting_holds),
    asked(["model.size"], ["=", "!="], ["auto", "256", "nan"], as_text_holds, quote=True),
    asked(["model.size"], ["~"], ["5", "A", "na"], as_text_holds),
    asked(["created", "finished"], list(COMPARE), TIMES, time_holds),
    asked(["name"], ["=", "!="], NAMES, text_holds, quote=True),
    asked(["name"], ["~"], PIECES, text_holds, quote=True),
    asked(["status"], ["=", "!="], STATUSES, text_holds),
    asked(["status"], ["~"], ["n", "LO", "ed"], text_holds),
    asked(["tags", "notes"], ["=", "~"], ["a", "OLD", "old one", "ba"], any_holds, quote=True),
    st.builds(nothing, st.sampled_from(list(READ)), st.sampled_from(["=", "!="])),
)


def both(parts):
    texts, holds = zip(*parts, strict=True)
    return " and ".join(f"({text})" for text in texts), lambda run: all(of(run) for of in holds)


def either(parts):
    texts, holds = zip(*parts, strict=True)
    return " or ".join(f"({text})" for text in texts), lambda run: any(of(run) for of in holds)


def neither(part):
    text, holds = part
    return f"not ({text})", lambda run: not holds(run)


several = {"min_size": 2, "max_size": 3}
expressions = st.recursive(
    comparisons,
    lambda inner: (
        st.lists(inner, **several).map(both)
        | st.lists(inner, **several).map(either)
        | inner.map(neither)
    ),
    max_leaves=6,
)


@settings(max_examples=300)
@given(expression=expressions)
def test_the_database_finds_what_python_finds(found, all_runs, expression):
    text, holds = expression
    assert set(found(text)) == {values[0] for values in all_runs if holds(values)}


@given(comparisons)
def test_a_run_is_found_by_a_comparison_or_by_its_opposite_never_by_both(
    found, all_runs, comparison
):
    text, _ = comparison
    names = [*found(text), *found(f"not {text}")]
    assert sorted(names) == sorted(values[0] for values in all_runs)


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("bits_per_char != 2", {"alice", "o'brien", "bob", "none"}),
        ("not bits_per_char = 2", {"alice", "o'brien", "bob", "none", "50%_off"}),
        ("bits_per_char > 1", {"alice", "Ålice-2", "bob", "carol"}),
        ("bits_per_char = nan", {"o'brien"}),
        ("bits_per_char = none", {"50%_off"}),
        ("model.size = 256", {"alice", "Ålice-2", "bob"}),
        ("model.size >= 64", {"alice", "Ålice-2", "50%_off"}),
        ("model.size = none", {"none"}),
        ("name = none", set()),
        ("name = 'none'", {"none"}),
        ("finished = none", {"o'brien", "bob"}),
        ("status = lost", {"o'brien"}),
        ("status = running", {"bob"}),
        ("name ~ '%_'", {"50%_off"}),
        ("name ~ ÅL", {"Ålice-2"}),
        ("tag:a and not tag:'old one'", {"Ålice-2"}),
        ("notes ~ WOR", {"50%_off"}),
        ("created = 2026-10-01", {"alice", "Ålice-2"}),
        ("created > 2026-10-01", {"50%_off", "o'brien", "none"}),
        ("created >= 2026-10-01", {"alice", "Ålice-2", "50%_off", "o'brien", "none"}),
        ("created < -2w", {"carol"}),
        ("created = 2026-10-01T12:30:15.5 and step = 200", {"Ålice-2"}),
    ],
)
def test_what_the_manual_says_of_a_few(found, where, names):
    assert set(found(where)) == names


def test_the_user_s_own_day_is_meant_and_an_offset_another(found, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")  # UTC+14
    time.tzset()
    try:
        here = set(found("created = 2026-10-02"))
        offset = "created >= 2026-10-02T00:00+14:00 and created < 2026-10-03T00:00+14:00"
        assert here == set(found(offset))
        assert here != set(found("created >= 2026-10-02T00:00Z and created < 2026-10-03T00:00Z"))
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("comparison", ["model.size != 3", "step != 3", "not tags ~ x"])
def test_the_longest_and_deepest_expressions_are_answered(found, comparison):
    deepest = DEEPEST - 1
    assert found(" and ".join([comparison] * MOST_COMPARISONS)) == found(comparison)
    assert found(" or ".join([f"({comparison})"] * MOST_COMPARISONS)) == found(comparison)
    assert found("(" * deepest + comparison + ")" * deepest) == found(comparison)
    assert found("not (" * (deepest // 2) + comparison + ")" * (deepest // 2)) == found(comparison)
    inner = comparison
    for keyword in ["and", "or"] * (deepest // 2):
        inner = f"({inner}) {keyword} {comparison}"
    assert found(inner) == found(comparison)


def test_settings_and_figures_are_found_as_runs_record_them(registry, make_run):
    first = make_run("first", config={"model": {"size": 256, "bias": True, "clip": None}})
    make_run("second", config={"model": {"size": 32, "bias": False, "clip": 0.5}})
    points = [MetricPoint(step, 1.0, "loss", value, 0) for step, value in [(1, 0.5), (2, 0.75)]]
    registry.add_metrics(first.id, points[:1])
    assert tabulate(registry, ["metric.loss"], where="name = first") == [(0.5,)]
    registry.add_metrics(first.id, points[1:])

    def names(where):
        return [row.name for row in registry.runs(where=where)]

    assert names("model.bias = true and model.size > 100") == ["first"]
    assert names("model.clip = none") == ["first"]
    assert names("lowest.loss = 0.5 and metric.loss = 0.75 and highest.loss = 0.75") == ["first"]
    assert names("status = running") == ["second", "first"]
    assert {"model.bias", "lowest.loss", "bits_per_char", "tags"} <= set(names_in(registry))
