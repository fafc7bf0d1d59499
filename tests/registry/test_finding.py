"""What a reference to a run means, and what is said when it means none or several."""

from __future__ import annotations

from datetime import datetime

import pytest

from textgen.errors import RunNotFoundError
from textgen_registry import ids


def test_a_run_is_found_by_id_name_and_beginning_of_id_in_either_case(
    registry, make_run, monkeypatch
):
    monkeypatch.setattr(ids.secrets, "randbits", lambda bits: 10)
    run = make_run("alice")
    for reference in (run.id, "alice", run.id[:14], run.id[:14].upper(), run.id.upper()):
        assert registry.find(reference) == run


def test_latest_is_the_newest_by_creation_even_when_an_older_one_changed_since(registry, make_run):
    older, newer = make_run("older"), make_run("newer")
    registry.set_sample(older.id, "a", "b")
    assert registry.find("latest").id == newer.id
    registry.delete_run(newer.id)
    assert registry.find("latest").id == older.id


def test_an_exact_name_comes_before_the_beginning_of_an_id(registry, make_run):
    first = make_run("first")
    second = make_run(first.id[:5])
    assert registry.find(first.id[:5]) == registry.find(second.id)


def test_percent_is_no_wildcard(registry, make_run):
    make_run("alice")
    for reference in ("%", "_", "0%"):
        with pytest.raises(RunNotFoundError, match="no run"):
            registry.find(reference)


@pytest.fixture
def ambiguous(registry, make_run):
    """Makes runs whose ids begin alike; returns them, the newest first, and what is said of it."""

    def message(count):
        runs = [make_run() for _ in range(count)]
        with pytest.raises(RunNotFoundError) as refusal:
            registry.find(runs[0].id[:3])
        return runs[::-1], str(refusal.value)

    return message


def test_the_beginning_of_two_ids_is_answered_with_both_and_their_times_in_one_line(ambiguous):
    runs, message = ambiguous(2)
    assert message.startswith(f"2 runs go by {runs[0].id[:3]!r}: {runs[0].id} (")
    for run in runs:
        clock = datetime.fromtimestamp(run.created / 1e6).strftime("%Y-%m-%d %H:%M")
        assert f"{run.id} ({clock})" in message
    assert message.isprintable()


def test_of_many_candidates_the_three_newest_are_listed_and_the_others_counted(ambiguous):
    runs, message = ambiguous(7)
    assert [run.id in message for run in runs] == [True] * 3 + [False] * 4
    assert message.startswith("7 runs")
    assert "and 4 older" in message


def test_an_unknown_name_is_answered_with_the_nearest_and_the_command_that_lists(
    registry, make_run
):
    make_run("alice-lstm-stacked")
    with pytest.raises(RunNotFoundError) as refusal:
        registry.find("alice-lstm-staked")
    message = str(refusal.value)
    assert "did you mean 'alice-lstm-stacked'?" in message
    assert "textgen runs list" in message
    assert str(registry.location.path) in message


def test_a_reference_unlike_any_name_lists_no_names(registry, make_run):
    make_run("alice")
    with pytest.raises(RunNotFoundError) as refusal:
        registry.find("zzz")
    assert "alice" not in str(refusal.value)


@pytest.mark.parametrize("reference", ["\x1b[31m\n" * 20_000, "\udcff", "\x00", "'; drop table"])
def test_a_hostile_reference_is_shown_short_and_without_its_control_codes(
    registry, make_run, reference
):
    make_run("alice")
    with pytest.raises(RunNotFoundError, match="no run") as refusal:
        registry.find(reference)
    message = str(refusal.value)
    assert message.isprintable()
    assert len(message) < 1000


def test_an_empty_reference_is_nobodys(registry, make_run):
    make_run("alice")
    with pytest.raises(RunNotFoundError, match="no run ''"):
        registry.find("")
