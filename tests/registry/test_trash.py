"""Deletion that can be undone: into the trash, and out of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from textgen.errors import RunNotFoundError, UsageError
from textgen_registry import MetricPoint, Registry, find_trashed, trashed_runs
from textgen_registry.database.schema import event

POINT = MetricPoint(1, 0.5, "loss", 2.0, 5)
ENDING = {"step": 1, "summary": {}, "reason": "", "best_loss": None, "bits_per_char": None}


@pytest.fixture
def alice(registry, make_run):
    """A finished run with a figure, a tag and a file."""
    run = make_run("alice", tags=["a"])
    registry.add_metrics(run.id, [POINT])
    registry.put_artifacts(run.id, {"best": b"weights"})
    registry.finish_run(run.id, status="finished", **ENDING)
    return registry.find(run.id)


def test_a_deleted_run_is_not_listed_and_goes_by_its_id_alone(registry, alice):
    registry.delete_run(alice.id)
    assert registry.runs() == []
    for reference in ("alice", "latest", alice.id[:-1]):
        with pytest.raises(RunNotFoundError):
            registry.find(reference)
    found = registry.find(alice.id)
    assert found.deleted > alice.finished
    assert found.as_dict()["deleted"].endswith("+00:00")


def test_an_error_for_its_name_says_where_it_is(registry, alice):
    registry.delete_run(alice.id)
    with pytest.raises(RunNotFoundError, match=f"in the trash.*restore {alice.id}"):
        registry.find("alice")


def test_a_restored_run_has_all_that_it_had(registry, alice):
    registry.delete_run(alice.id)
    registry.restore_run(alice.id)
    assert registry.find("alice") == alice
    assert registry.metrics(alice.id) == [POINT]
    assert registry.read_artifact(alice.id, "best") == b"weights"


def test_the_trash_is_listed_and_searched_apart(registry, make_run, alice):
    make_run("emma")
    registry.delete_run(alice.id)
    (trashed,) = trashed_runs(registry)
    assert (trashed.id, trashed.name) == (alice.id, "alice")
    for reference in ("alice", alice.id, alice.id[:-1].upper()):
        assert find_trashed(registry, reference) == trashed
    for reference in ("emma", "latest", "", "%"):
        with pytest.raises(RunNotFoundError, match="in the trash"):
            find_trashed(registry, reference)


def test_two_runs_of_one_name_in_the_trash_are_told_apart(registry, make_run):
    first = make_run("alice")
    registry.delete_run(first.id)
    second = make_run("alice")
    registry.delete_run(second.id)
    with pytest.raises(RunNotFoundError, match="2 runs go by 'alice'") as refusal:
        find_trashed(registry, "alice")
    assert first.id in str(refusal.value)
    assert second.id in str(refusal.value)
    assert find_trashed(registry, first.id).id == first.id


def test_a_name_taken_meanwhile_stands_in_the_way_until_another_is_given(registry, make_run, alice):
    registry.delete_run(alice.id)
    other = make_run("alice")
    with pytest.raises(UsageError, match=f"{other.id}.*restore {alice.id} --name"):
        registry.restore_run(alice.id)
    with pytest.raises(UsageError, match="newest"):
        registry.restore_run(alice.id, name="latest")
    assert registry.find("alice").id == other.id
    registry.restore_run(alice.id, name="first")
    assert registry.find("first").id == alice.id


def test_to_do_it_again_changes_nothing(registry, alice):
    registry.delete_run(alice.id)
    deleted = registry.find(alice.id).deleted
    registry.delete_run(alice.id)
    assert registry.find(alice.id).deleted == deleted
    registry.restore_run(alice.id)
    registry.restore_run(alice.id, name="another")
    assert registry.find("alice") == alice
    chosen = select(event.c.kind).where(event.c.run_id == alice.id).order_by(event.c.created)
    kinds = registry.database.read(lambda c: c.scalars(chosen).all())
    assert kinds == ["created", "finished", "deleted", "restored"]


def test_nothing_is_written_to_a_run_in_the_trash_nor_is_it_resumed(registry, make_run):
    run = make_run()
    Registry(registry.location.path).delete_run(run.id)
    for write in (
        lambda: registry.put_artifacts(run.id, {"a": b"1"}),
        lambda: registry.set_sample(run.id, "a", "b"),
        lambda: registry.finish_run(run.id, status="finished", **ENDING),
        lambda: registry.resume_run(run.id, 1, environment={}, parts={}),
        lambda: Registry(registry.location.path).add_metrics(run.id, [POINT]),
    ):
        with pytest.raises(RunNotFoundError, match="in the trash"):
            write()
    registry.release(run.id)
    with pytest.raises(RunNotFoundError, match="in the trash"):
        registry.hold(run.id)
    assert not registry.is_held(run.id)


def test_figures_of_a_run_deleted_elsewhere_are_refused_once_and_hinder_no_other(
    registry, make_run
):
    run, other = make_run(), make_run()
    registry.add_metrics(run.id, [POINT])
    Registry(registry.location.path).delete_run(run.id)
    with pytest.raises(RunNotFoundError, match="in the trash"):
        registry.metrics(run.id)
    registry.add_metrics(other.id, [POINT])
    assert registry.metrics(other.id) == [POINT]


def test_figures_taken_before_a_deletion_are_there_after_a_restoration(registry, make_run):
    run = make_run()
    registry.add_metrics(run.id, [POINT])
    registry.delete_run(run.id)
    registry.restore_run(run.id)
    assert registry.metrics(run.id) == [POINT]
    assert registry.find(run.id).status == "lost"


@pytest.mark.parametrize("change", [Registry.delete_run, Registry.restore_run])
def test_a_run_that_is_not_there_is_an_error_and_makes_nothing(registry, change):
    with pytest.raises(RunNotFoundError):
        change(registry, "nobody")
    assert not registry.location.path.exists()
