"""Runs are found, sorted and tabulated as the language says: the database agrees with Python."""

from __future__ import annotations

import math
import operator
import time
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from textgen.errors import UnknownNameError, UsageError
from textgen_registry import MetricPoint, Registry, names_in, tabulate
from textgen_registry.database.schema import figure, note, run, setting, tag
from textgen_registry.query.language import DEEPEST, MOST_COMPARISONS, Value
from textgen_registry.query.literals import span
from textgen_registry.query.selection import Selection
from textgen_registry.runs.queries import list_runs

NAN, INF = math.nan, math.inf
DAY = 86_400_000_000
NOON = int(datetime(2026, 10, 1, 12, 30, 15, 500_000).timestamp() * 1_000_000)
NOW = NOON + 3 * DAY
LOST = "run-3"

# Each run: name, status, created, finished, step, bits_per_char, hidden size, last loss, lowest
# loss, tags, notes.
RUNS = [
    ("alice", "finished", NOON, NOON + DAY, 100, 1.5, 256, 1.25, 1.0, ("a", "old one"), ("good",)),
    ("Ålice-2", "finished", NOON, NOON + 1, 200, 2.0, 256, NAN, 1.0, ("a",), ()),
    ("50%_off", "failed", NOON + DAY, NOON + DAY, 0, None, 64, NAN, None, (), ("bad", "worse")),
    ("o'brien", "running", NOON + DAY + 1, None, 7, NAN, "auto", None, None, ("old one",), ()),
    ("bob", "running", NOON - DAY, None, 100, INF, "256", 3.0, -INF, (), ()),
    ("none", "interrupted", NOON + 2 * DAY, NOON + 2 * DAY, 300, -0.5, None, 1.25, 1.25, (), ()),
    ("carol", "finished", NOON - 40 * DAY, NOON, 100, 2.0, NAN, INF, 0.5, ("b",), ("good",)),
]


def filled(connection):
    for number, values in enumerate(RUNS):
        name, status, created, finished, step, bits, hidden, last, lowest, tags, notes = values
        run_id = f"run-{number}"
        parts = {"source": "s", "tokenizer": "t", "model": "m", "sampler": "s"}
        documents = {key: {} for key in ["config", "provenance", "plan", "summary"]}
        times = {"created": created, "started": created, "finished": finished}
        figures = {"step": step, "bits_per_char": bits}
        row = {"id": run_id, "name": name, "status": status, **times, **figures}
        connection.execute(insert(run).values(**row, **parts, **documents))
        if hidden is not None:
            number = hidden if isinstance(hidden, int | float) else None
            key = {"run_id": run_id, "key": "model.size"}
            connection.execute(insert(setting).values(**key, text=str(hidden), number=number))
        if last is not None:
            extent = {"step": 1, "last": last, "lowest": lowest, "highest": lowest}
            connection.execute(insert(figure).values(run_id=run_id, name="loss", **extent))
        for word in tags:
            connection.execute(insert(tag).values(run_id=run_id, tag=word))
        for place, text in enumerate(notes):
            words = {"id": f"{run_id}-{place}", "author": "x", "created": 0, "text": text}
            connection.execute(insert(note).values(run_id=run_id, **words))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp("small"))
    registry.database.write(filled)
    return registry


@pytest.fixture(scope="module")
def found(small):
    """Returns the names of the runs of which an expression holds, at a fixed time."""

    def ask(where, **more):
        selection = Selection(where=where, now=NOW, **more)
        rows = small.database.read(lambda connection: list_runs(connection, selection, {LOST}))
        return [row.name for row in rows]

    return ask


# What each name stands for, in Python: None where a run has nothing by it.
def status_of(values):
    return "lost" if values[0] == RUNS[3][0] else values[1]


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
    asked(["name"], ["=", "!="], [values[0] for values in RUNS], text_holds, quote=True),
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
def test_the_database_finds_what_python_finds(found, expression):
    text, holds = expression
    assert set(found(text)) == {values[0] for values in RUNS if holds(values)}


@given(comparisons)
def test_a_run_is_found_by_a_comparison_or_by_its_opposite_never_by_both(found, comparison):
    text, _ = comparison
    names = [*found(text), *found(f"not {text}")]
    assert sorted(names) == sorted(values[0] for values in RUNS)


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


@pytest.mark.parametrize(
    ("where", "place", "told"),
    [
        ("status < 3", 9, "= != ~"),
        ("status = finishd", 9, "'finished'"),
        ("created > blue", 10, "2026-10-01"),
        ("created > 7d", 10, "-7d"),
        ("created = 2026-02-31", 10, "2026-10-01"),
        ("created > 9999-12-31", 10, "2026-10-01"),
        ("created ~ 2026", 10, "2026-10-01"),
        ("step = many", 7, "number"),
        ("step = '100'", 7, "number"),
        ("step ~ 1", 7, "= !="),
        ("step > nan", 7, "= !="),
        ("model.size > big", 13, "number"),
        ("model.size < nan", 13, "= !="),
        ("step > none", 7, "= !="),
        ("tags != a", 8, "= ~"),
        ("name < b", 7, "= != ~"),
        ("model.sise = 3", 0, "'model.size'"),
        ("name = x and metric.los < 3", 13, "'metric.loss'"),
        ("name = x or bits_per_chr < 3", 12, "'bits_per_char'"),
        ("metric = 3", 0, "metric.loss"),
    ],
)
def test_what_cannot_be_compared_is_refused_at_its_place(small, where, place, told):
    with pytest.raises(UsageError) as caught:
        small.runs(where=where)
    what, line, caret = str(caught.value).split("\n")
    assert line == f"  {where}"
    assert caret.index("^") == 2 + place
    assert told in what


def test_no_name_and_no_value_is_ever_sql(small, found):
    for hostile in ["'; DROP TABLE run; --", '" or 1=1 --', "x') or ('1'='1"]:
        doubled = hostile.replace("'", "''")
        assert found(f"name = '{doubled}' or tag:'{doubled}' or model.size = '{doubled}'") == []
        with pytest.raises(UnknownNameError):
            small.runs(where=f"'{doubled}' = 1")
        with pytest.raises(UnknownNameError):
            small.runs(sort=[hostile])
    assert len(small.runs()) == len(RUNS)


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


def test_an_empty_registry_knows_any_setting(registry):
    assert registry.runs(where="model.hidden_size > 3 and lowest.loss < 1", sort=["seed"]) == []
    with pytest.raises(UsageError):
        registry.runs(where="status < 3")


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (["bits_per_char"], "none alice Ålice-2 carol bob o'brien 50%_off"),
        (["-bits_per_char"], "bob Ålice-2 carol alice none o'brien 50%_off"),
        (["metric.loss", "-step"], "none alice bob carol Ålice-2 50%_off o'brien"),
        (["-metric.loss,step"], "carol bob alice none 50%_off Ålice-2 o'brien"),
        (["model.size"], "50%_off Ålice-2 alice carol bob o'brien none"),
        (["-model.size"], "Ålice-2 alice 50%_off carol o'brien bob none"),
        (["status"], "50%_off Ålice-2 alice carol none o'brien bob"),
        (["-finished", "name"], "none 50%_off alice Ålice-2 carol bob o'brien"),
        ([], "none o'brien 50%_off Ålice-2 alice bob carol"),
    ],
)
def test_values_are_sorted_then_nan_then_nothing_and_runs_alike_the_newest_first(
    found, sort, names
):
    assert found(None, sort=sort) == names.split()
    assert found(None, sort=sort, limit=2) == names.split()[:2]
    assert found(None, sort=",".join(sort)) == names.split()


def test_what_cannot_sort_is_refused(small):
    with pytest.raises(UsageError, match="tags"):
        small.runs(sort=["-tags"])
    with pytest.raises(UsageError, match="at most"):
        small.runs(sort=["step"] * 11)
    with pytest.raises(UnknownNameError, match=r"'model\.size'"):
        small.runs(sort=["model.sise"])


def test_limit_and_status_narrow_what_is_found(small, found):
    assert found("step >= 100", limit=2) == ["none", "Ålice-2"]
    assert found("step < 100", status="lost") == ["o'brien"]
    assert found(None, limit=0) == []
    assert {row.status for row in small.runs(status="finished")} == {"finished"}


def test_the_trash_is_listed_apart(registry, make_run):
    kept, thrown = make_run("kept"), make_run("thrown")
    gone = run.update().where(run.c.id == thrown.id).values(deleted=NOON)
    registry.database.write(lambda connection: connection.execute(gone))
    assert [row.id for row in registry.runs()] == [kept.id]
    assert [row.id for row in registry.runs(deleted=True)] == [thrown.id]
    assert registry.runs(deleted=True, where="name = kept") == []
    assert tabulate(registry, ["name", "deleted"], deleted=True) == [("thrown", NOON)]


def test_a_table_holds_any_values_in_any_order(small):
    columns = ["name", "model.size", "tags", "lowest.loss", "notes", "name"]
    rows = tabulate(small, columns, where="name != carol", sort=["-step"])
    assert rows[:3] == [
        ("none", None, (), 1.25, (), "none"),
        ("Ålice-2", 256.0, ("a",), 1.0, (), "Ålice-2"),
        ("alice", 256.0, ("a", "old one"), 1.0, ("good",), "alice"),
    ]
    assert [type(row[1]) for row in rows[1:3]] == [int, int]
    assert tabulate(small, columns, where="step = 12345") == []
    assert tabulate(small, columns, limit=1) == [rows[0]]


def test_a_table_of_too_many_or_unknown_columns_is_refused(small):
    assert len(tabulate(small, ["model.size", "metric.loss"] * 25)[0]) == 50
    with pytest.raises(UsageError, match="at most 50"):
        tabulate(small, ["id"] * 51)
    with pytest.raises(UnknownNameError, match=r"'metric\.loss'"):
        tabulate(small, ["metric.lost"])


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
