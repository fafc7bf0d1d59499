"""Ids sort by time and are never given twice."""

from __future__ import annotations

from textgen_registry import ids


def new_id():
    return ids.new_id(ids.unique_microseconds())


def test_ten_thousand_ids_made_at_once_are_distinct_and_in_order():
    made = [new_id() for _ in range(10_000)]
    assert len(set(made)) == len(made)
    assert sorted(made) == made


def test_ids_are_increasing_while_the_clock_stands_still(monkeypatch):
    monkeypatch.setattr(ids.time, "time_ns", lambda: 10**18)
    made = [new_id() for _ in range(100)]
    assert sorted(set(made)) == made


def test_times_do_not_repeat_when_the_clock_is_set_back(monkeypatch):
    before = ids.unique_microseconds()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 0)
    assert ids.unique_microseconds() > before


def test_an_id_is_sixteen_characters_of_crockfords_alphabet():
    made = new_id()
    assert len(made) == 16
    assert set(made) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_an_earlier_time_sorts_first_over_a_thousand_years():
    times = [0, 1, 31, 32, 10**15, 2 * 10**15, 3 * 10**16]
    made = [ids.new_id(time) for time in times]
    assert sorted(made) == made
