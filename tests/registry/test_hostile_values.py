"""What no database can hold is refused before it keeps anything else from being recorded."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from textgen.errors import RegistryError, UsageError
from textgen_registry import MetricPoint, tabulate

ENDING = {"summary": {}, "reason": "", "best_loss": None, "bits_per_char": None}


def point(name="loss", *, step=1, epoch=0.0, value=1.0, time=1):
    return MetricPoint(step, epoch, name, value, time)


@pytest.fixture
def any_run(any_registry, make_run):
    """A run that is being trained, in a folder or on a server."""
    return make_run(into=any_registry)


@pytest.mark.parametrize(
    "bad",
    [
        point(step=2**63),
        point(step=-1),
        point(step=1.5),
        point(step="1"),
        point(step=None),
        point(time=-1),
        point(value="1"),
        point(value=None),
        point(value=10**400),
        point(epoch=1j),
        point(""),
        point("x" * 201),
        point(None),
    ],
    ids=str,
)
def test_a_figure_that_cannot_be_kept_is_refused_and_keeps_no_other_from_it(
    registry, make_run, bad
):
    run = make_run()
    with pytest.raises(UsageError, match=r"must be .* Nothing was recorded of it") as refused:
        registry.add_metrics(run.id, [point("good"), bad])
    assert len(str(refused.value)) < 300
    registry.add_metrics(run.id, [point("other")])
    assert [kept.name for kept in registry.metrics(run.id)] == ["other"]


def test_any_kind_of_number_is_kept_as_a_plain_one(any_registry, any_run):
    numpy = pytest.importorskip("numpy")
    values = [True, 7, Decimal("0.5"), numpy.float32(0.25), math.nan, -math.inf]
    points = [point(step=step, value=value) for step, value in enumerate(values)]
    any_registry.add_metrics(any_run.id, [*points, point(step=numpy.int64(2**62))])
    kept = any_registry.metrics(any_run.id)
    assert repr([item.value for item in kept]) == "[1.0, 7.0, 0.5, 0.25, nan, -inf, 1.0]"
    assert {type(item.step) for item in kept} == {int}


@pytest.mark.parametrize(
    "name", ["a\nb", "\x1b[31m", "\0", "\ud800", "'; DROP TABLE metric", "é" * 200]
)
def test_a_figure_of_a_hostile_name_is_kept_and_found(any_registry, any_run, name):
    for step in (1, 2):
        any_registry.add_metrics(any_run.id, [point(name, step=step, value=float(step))])
        any_registry.flush()
    (first, second) = any_registry.metrics(any_run.id)
    assert first.name == second.name
    assert tabulate(any_registry, [f"metric.{name}", f"lowest.{name}"]) == [(2.0, 1.0)]


def test_of_a_step_that_came_twice_at_once_the_last_counts_and_nothing_else(any_registry, any_run):
    for values in ([1.0, 3.0, 2.0], [9.0, 0.0, 4.0]):
        any_registry.add_metrics(any_run.id, [point(step=5, value=value) for value in values])
        any_registry.flush()
    names = ["metric.loss", "lowest.loss", "highest.loss"]
    assert [item.value for item in any_registry.metrics(any_run.id)] == [4.0]
    assert tabulate(any_registry, names) == [(4.0, 4.0, 4.0)]


@pytest.mark.parametrize("step", [2**63, -1, 1.5, "1"])
def test_a_step_that_is_none_is_refused_whatever_it_is_told_with(registry, make_run, step):
    run = make_run()
    for tell in (
        lambda: registry.store_checkpoint(
            run.id, {"last": b""}, step=step, summary={}, best_loss=None, bits_per_char=None
        ),
        lambda: registry.finish_run(run.id, status="finished", step=step, **ENDING),
        lambda: registry.resume_run(run.id, step, environment={}, parts={}),
    ):
        with pytest.raises(UsageError, match=r"step .* must be a whole number"):
            tell()
    assert (registry.find(run.id).step, registry.artifacts(run.id)) == (0, [])
    registry.finish_run(run.id, status="finished", step=1, **ENDING)


def test_integers_that_no_column_holds_are_settings(any_registry, make_run):
    config = {"long": 10**300, "short": 2**63, "nan": math.nan}
    run = make_run(into=any_registry, config=config)
    assert any_registry.find(run.id).config["long"] == 10**300
    assert [row.id for row in any_registry.runs(where=f"short = {2**63}")] == [run.id]


def test_settings_that_come_to_one_key_are_found_by_one_of_them(any_registry, make_run):
    run = make_run(into=any_registry, config={"a": {"b": 1}, "a.b": 2})
    assert any_registry.find(run.id).config == {"a": {"b": 1}, "a.b": 2}
    assert tabulate(any_registry, ["a.b"]) == [(2,)]


@pytest.mark.parametrize(
    "config", [{"a": {1, 2}}, {"a": 10**400}, {"a": b"bytes"}], ids=["set", "digits", "bytes"]
)
def test_settings_that_are_no_plain_values_are_refused_with_the_rule(
    any_registry, make_run, config
):
    with pytest.raises(RegistryError, match=r"no database can hold .* Give plain JSON values"):
        make_run(into=any_registry, config=config)
    assert any_registry.runs() == []


def test_settings_within_themselves_are_refused(registry, make_run):
    config: dict[str, object] = {}
    config["again"] = config
    with pytest.raises(RegistryError):
        make_run(config=config)
    assert registry.runs() == []


def test_files_of_hostile_names_are_read_by_them_and_never_garble_a_message(any_registry, any_run):
    names = ["", "a\n\x1b[31m", "\ud800", "'; DROP TABLE artifact"]
    any_registry.put_artifacts(any_run.id, {name: repr(name).encode() for name in names})
    for name in names:
        assert any_registry.read_artifact(any_run.id, name) == repr(name).encode()
    with pytest.raises(RegistryError, match="has no file 'other'") as refused:
        any_registry.read_artifact(any_run.id, "other")
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("limit", [-1, 2**63, 10**30])
def test_a_limit_that_is_none_is_refused(any_registry, limit):
    with pytest.raises(UsageError, match="limit: it must be a whole number from 0 on"):
        any_registry.runs(limit=limit)
