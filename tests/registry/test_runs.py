"""A run's record: made, changed, listed, resumed, deleted."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from textgen.errors import RegistryError, RunNotFoundError
from textgen_registry import MetricPoint, Registry, RunRow, find_trashed, remove_for_good


def points(name, steps):
    return [MetricPoint(step, step / 10, name, 1 / (step + 1), 1000 + step) for step in steps]


def test_a_new_run_is_running_and_holds_what_it_was_given(registry, make_run):
    run = make_run("first", tags=["b", "a", "b"])
    assert (run.status, run.step, run.finished, run.summary) == ("running", 0, None, {})
    assert run.config == {"model": {"hidden_size": 256}}
    assert run.tags == ("a", "b")
    assert registry.find(run.id) == run


def test_a_second_registry_object_reads_what_the_first_wrote(registry, make_run):
    run = make_run("first", tags=["a"])
    assert Registry(registry.location.path).find("first") == run


def test_creation_time_is_now_in_utc_microseconds(make_run):
    created = datetime.fromtimestamp(make_run().created / 1e6, UTC)
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=1)


def test_progress_and_end_are_recorded(registry, make_run):
    run = make_run()
    figures = {"step": 5, "summary": {"a": 1}, "best_loss": 1.5, "bits_per_char": 2.1}
    registry.store_checkpoint(run.id, {}, **figures)
    half = registry.find(run.id)
    assert (half.status, half.step, half.summary) == ("running", 5, {"a": 1})
    assert (half.best_loss, half.bits_per_char) == (1.5, 2.1)
    registry.finish_run(
        run.id,
        status="finished",
        step=10,
        summary={"a": 2},
        reason="all steps taken",
        best_loss=1.2,
        bits_per_char=None,
    )
    done = registry.find(run.id)
    assert (done.status, done.step, done.reason) == ("finished", 10, "all steps taken")
    assert (done.best_loss, done.bits_per_char) == (1.2, None)
    assert done.finished > done.started


def test_metrics_come_back_in_order_of_name_then_step(registry, make_run):
    run, other = make_run(), make_run()
    registry.add_metrics(run.id, points("b", [2, 1]) + points("a", [10, 9]))
    registry.add_metrics(other.id, points("a", [1]))
    assert registry.metrics(run.id) == points("a", [9, 10]) + points("b", [1, 2])
    assert registry.metrics(run.id, "b") == points("b", [1, 2])
    assert registry.metrics(run.id, "none") == []


def test_a_metric_measured_again_at_one_step_replaces_the_first(registry, make_run):
    run = make_run()
    registry.add_metrics(run.id, points("a", [1, 2]))
    again = MetricPoint(2, 0.5, "a", 99.0, 5)
    registry.add_metrics(run.id, [again])
    assert registry.metrics(run.id) == [*points("a", [1]), again]


def test_resuming_drops_later_points_of_that_run_only(registry, make_run):
    run, other = make_run(), make_run()
    for each in (run, other):
        registry.add_metrics(each.id, points("a", range(6)) + points("b", range(6)))
    ending = {"summary": {}, "best_loss": None, "bits_per_char": None}
    registry.finish_run(run.id, status="interrupted", step=5, reason="Ctrl-C", **ending)
    registry.hold(run.id)
    registry.resume_run(run.id, 3, environment={}, parts={})
    again = registry.find(run.id)
    assert registry.metrics(run.id) == points("a", range(4)) + points("b", range(4))
    assert registry.metrics(other.id) == points("a", range(6)) + points("b", range(6))
    assert (again.status, again.step, again.finished, again.reason) == ("running", 3, None, None)
    assert again.started > again.created


def test_resuming_drops_the_sample_of_the_session_before(registry, make_run):
    run = make_run()
    registry.set_sample(run.id, "Alice was ", "not")
    registry.resume_run(run.id, 3, environment={}, parts={})
    again = registry.find(run.id)
    assert (again.sample_prompt, again.sample_text) == ("Alice was ", None)


def test_a_run_that_is_removed_for_good_leaves_nothing(registry, make_run):
    run, other = make_run("gone", tags=["a"]), make_run("kept", tags=["a"])
    for each in (run, other):
        registry.add_metrics(each.id, points("a", [1]))
    registry.flush()
    registry.release(run.id)
    registry.delete_run(run.id)
    remove_for_good(registry, find_trashed(registry, run.id))
    assert [row.name for row in registry.runs()] == ["kept"]
    assert registry.metrics(other.id) == points("a", [1])
    for table in ("metric", "tag", "session", "setting", "figure"):
        ids = f"select distinct run_id from {table}"
        read = registry.database.read(lambda c, ids=ids: c.exec_driver_sql(ids).scalars().all())
        assert read == [other.id]


def test_runs_are_listed_newest_first_with_their_tags(registry, make_run):
    made = [make_run(f"run-{number}", tags=[f"t{number}"]) for number in range(4)]
    listed = registry.runs()
    assert [row.name for row in listed] == ["run-3", "run-2", "run-1", "run-0"]
    assert listed[0] == made[3].row()
    assert [row.tags for row in registry.runs(limit=2)] == [("t3",), ("t2",)]


def test_a_listing_can_be_of_one_status(registry, make_run):
    ended, _ = make_run("ended"), make_run("going")
    figures = {"step": 1, "summary": {}, "best_loss": None, "bits_per_char": None}
    registry.finish_run(ended.id, status="failed", reason="no disk", **figures)
    assert [row.name for row in registry.runs(status="failed")] == ["ended"]
    assert [row.name for row in registry.runs(status="running", limit=5)] == ["going"]
    assert registry.runs(status="finished") == []


def test_a_listing_reads_no_json_and_takes_a_fixed_number_of_queries(
    registry, make_run, monkeypatch
):
    for _ in range(20):
        make_run(tags=["a", "b"])
    statements = []
    event.listen(
        registry.database.backend.reading,
        "before_cursor_execute",
        lambda *call: statements.append(call[2].lower()),
    )
    assert len(registry.runs()) == 20
    queries = [text for text in statements if "from run" in text or "from tag" in text]
    assert len(queries) == 3
    for column in ("config", "parts", "provenance", "environment", "plan", "summary"):
        assert not any(column in text for text in queries)


def test_a_row_is_plain_json_with_an_iso_time(registry, make_run):
    make_run("first", tags=["a"])
    shown = json.loads(json.dumps(registry.runs()[0].as_dict()))
    assert set(shown) == {field.name for field in dataclasses.fields(RunRow)}
    assert shown["tags"] == ["a"]
    assert datetime.fromisoformat(shown["created"]).utcoffset() == timedelta(0)


def test_a_record_is_plain_json_with_iso_times(make_run):
    run = make_run()
    shown = json.loads(json.dumps(run.as_dict()))
    created = datetime.fromisoformat(shown["created"]) - datetime(1970, 1, 1, tzinfo=UTC)
    assert created // timedelta(microseconds=1) == run.created
    assert shown["finished"] is None
    assert shown["config"] == run.config


def test_a_registry_that_does_not_exist_reads_as_empty_and_is_not_made(registry):
    assert registry.runs() == []
    for reference in ("latest", "anything", ""):
        with pytest.raises(RunNotFoundError, match="holds none yet"):
            registry.find(reference)
    for read in (registry.metrics, registry.artifacts, registry.sessions):
        with pytest.raises(RunNotFoundError):
            read("anything")
    with pytest.raises(RunNotFoundError):
        registry.read_artifact("anything", "last.safetensors")
    assert not registry.location.path.exists()


@pytest.mark.parametrize("exists", [False, True])
def test_changing_a_run_that_is_not_there_says_so(registry, make_run, exists):
    if exists:
        make_run("alice")
    figures = {"step": 1, "summary": {}, "best_loss": None, "bits_per_char": None}
    changes = [
        lambda: registry.add_metrics("alicia", points("a", [1])),
        lambda: registry.put_artifacts("alicia", {"a": b"1"}),
        lambda: registry.store_checkpoint("alicia", {"a": b"1"}, **figures),
        lambda: registry.finish_run("alicia", status="failed", reason="", **figures),
        lambda: registry.set_sample("alicia", "a", "b"),
        lambda: registry.resume_run("alicia", 1, environment={}, parts={}),
        lambda: registry.delete_run("alicia"),
    ]
    for change in changes:
        with pytest.raises(RunNotFoundError, match="no run 'alicia'"):
            change()
    assert registry.location.path.exists() == exists
    assert not (registry.location.path / "objects").exists()


def test_settings_that_json_cannot_hold_are_refused_and_nothing_is_stored(registry, make_run):
    with pytest.raises(RegistryError, match="not JSON serializable"):
        make_run(config={"model": object()})
    assert registry.runs() == []
