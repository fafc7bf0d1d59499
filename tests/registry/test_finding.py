"""What a reference to a run means, and what is said when it means none or several."""

from __future__ import annotations

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


def test_a_name_that_fits_two_runs_lists_both_with_id_name_and_time(registry, make_run):
    runs = [make_run("same") for _ in range(2)]
    with pytest.raises(RunNotFoundError, match="more than one run goes by 'same'") as refusal:
        registry.find("same")
    lines = str(refusal.value).splitlines()[1:]
    expected = [[run.id, "same", run.as_dict()["created"]] for run in reversed(runs)]
    assert [line.split() for line in lines] == expected


def test_no_more_than_five_candidates_are_listed(registry, make_run):
    runs = [make_run() for _ in range(7)]
    with pytest.raises(RunNotFoundError) as refusal:
        registry.find(runs[0].id[:3])
    assert sum(run.id in str(refusal.value) for run in runs) == 5
    assert "and more" in str(refusal.value)


def test_an_unknown_name_is_answered_with_the_nearest_and_the_command_that_lists(
    registry, make_run
):
    make_run("alice-lstm-stacked")
    with pytest.raises(RunNotFoundError) as refusal:
        registry.find("alice-lstm-staked")
    message = str(refusal.value)
    assert "did you mean 'alice-lstm-stacked'?" in message
    assert "textgen runs list" in message
    assert str(registry.path) in message


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
