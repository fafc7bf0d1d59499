"""Curves on a terminal: within its width, and told apart without colour."""

import io
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from textgen.cli.runs.comparison.curves import MARKS, Curve, axis_around, axis_from_zero, short
from textgen.cli.runs.comparison.plot import plot

BRAILLE = re.compile("[\u2801-\u28ff]")


def curve(place, *pieces):
    return Curve(place, f"run {place}", pieces)


def falling(place, start):
    return curve(place, tuple((float(x), start / (x + 1)) for x in range(12)))


def lines(*curves, width=80, height=12, dots=True):
    """What a terminal without colours shows."""
    shown = io.StringIO()
    Console(file=shown, width=width).print(plot(curves, width=width, height=height, dots=dots))
    return shown.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_the_frame_is_as_wide_as_it_is_told_and_no_wider(width):
    shown = lines(falling(0, 3.0), falling(1, 2.0), width=width)
    assert len(shown) == 12 + 2
    assert max(map(len, shown)) == width
    assert shown[-2].endswith("─") or shown[-2].endswith("┬")


def test_every_line_carries_its_letter_to_its_end():
    """Twelve lines, of which no colour tells one from another."""
    shown = lines(*(falling(place, 12.0 - place) for place in range(12)), height=30)
    drawn = "".join(shown)
    assert {mark: drawn.count(mark) > 1 for mark in MARKS} == dict.fromkeys(MARKS, True)
    assert BRAILLE.search(drawn)


def test_lines_that_lie_upon_each_other_still_show_both_letters():
    drawn = "".join(lines(falling(0, 3.0), falling(1, 3.0)))
    assert {"A", "B"} <= set(drawn)


def test_a_higher_figure_stands_higher_and_a_later_one_further_right():
    shown = lines(curve(0, ((1.0, 5.0),)), curve(1, ((9.0, 1.0),)))
    (upper,) = [row for row, line in enumerate(shown) if "A" in line]
    (lower,) = [row for row, line in enumerate(shown) if "B" in line]
    assert upper < lower
    assert shown[upper].index("A") < shown[lower].index("B")


def test_a_lone_point_is_its_letter():
    shown = "".join(lines(curve(2, ((5.0, 1.5),))))
    assert shown.count("C") == 1
    assert not BRAILLE.search(shown)


def test_a_gap_between_two_pieces_stays_empty():
    whole = "".join(lines(curve(0, ((0.0, 2.0), (10.0, 2.0)))))
    broken = lines(curve(0, ((0.0, 2.0), (4.0, 2.0)), ((6.0, 2.0), (10.0, 2.0))))
    assert len(BRAILLE.findall("".join(broken))) < len(BRAILLE.findall(whole))
    (drawn,) = [line for line in broken if "A" in line]
    assert "          " in drawn[10:]


def test_where_the_encoding_has_no_dots_lines_are_made_of_letters():
    drawn = "".join(lines(falling(0, 3.0), falling(1, 2.0), dots=False))
    assert not BRAILLE.search(drawn)
    assert drawn.count("A") > 20
    assert drawn.count("B") > 20


finite = st.floats(-1e99, 1e99)


@given(st.lists(finite, min_size=1, max_size=9))
def test_an_axis_holds_all_values_between_few_round_ticks(values):
    axis = axis_around(values)
    assert axis.low < axis.high
    assert all(-1e-9 <= axis.part(value) <= 1 + 1e-9 for value in values)
    assert 2 <= len(axis.ticks) <= 12
    assert math.isfinite(axis.high - axis.low)


@given(st.lists(st.floats(0, 1e99), min_size=1, max_size=9))
def test_an_axis_of_costs_begins_at_nothing(values):
    axis = axis_from_zero(values)
    assert (axis.low, axis.ticks[0]) == (0.0, 0.0)
    assert axis.high == (max(values) or 1.0)
    assert all(0 <= axis.part(tick) <= 1 + 1e-6 for tick in axis.ticks)
    assert len(axis.ticks) <= 12


def test_ticks_are_short():
    shown = [short(value) for value in (0.0, 1.2, 250_000, 1_500_000, 2e9, 1e99)]
    assert shown[:5] == ["0", "1.2", "250k", "1.5M", "2G"]
    assert len(shown[5]) <= 8


def test_the_command_draws_both_costs_and_names_who_is_which(textgen, trained):
    done = textgen("runs", "compare", "plain", "wider", "--plot", "--registry", trained)
    assert done.code == 0
    assert "nats per token over training tokens" in done.out
    assert "nats per token over seconds of training" in done.out
    legend = [line.split() for line in done.out.splitlines() if line.startswith("  A  ")]
    assert [line[::2] for line in legend] == [["A", "plain"]] * 2
    assert len(BRAILLE.findall(done.out)) > 20


def test_the_command_draws_with_letters_where_the_encoding_lacks_dots(program, trained):
    words = ["runs", "compare", "plain", "wider", "--plot", "--registry", trained]
    done = program(*words, PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert "\\u28" not in done.out
    assert "BBB" in done.out
