"""What a terminal shows of a comparison besides settings: equal cost, reservations, samples."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from textgen.cli import display
from textgen.cli.runs import comparison_page
from textgen_registry import Comparison, EqualCost, FigureAtCost, Ground, RunRow, Sample
from textgen_registry import SettingDifference as Difference

ROW = RunRow(
    id="1k0z8bgs4pmqn4er",
    name="alice-lstm-stacked",
    status="finished",
    created=0,
    source="gutenberg:alice",
    tokenizer="char",
    model="lstm-stacked",
    sampler="stateful",
    best_loss=1.5,
    bits_per_char=2.0,
    tags=(),
)
LOSSES = FigureAtCost("validation_loss", "lower", (1.5, 1.25), (1,))
COST = EqualCost("tokens", 1_234_567, (12, 1400), (1_200_000, 1_234_567), (LOSSES,))
BOTH = Comparison(
    runs=(ROW, replace(ROW, id="1k0z8bgs4pmqn4es", name="other")),
    ground=Ground(same_text=True, same_tokens=True),
    settings=(),
    metrics=(),
    equal_cost=(COST,),
    evaluations=((), ()),
    samples=(Sample("Once", " upon a time"), None),
)


@pytest.fixture
def page(monkeypatch):
    """Returns the lines that a terminal of so many columns shows."""

    def lines(width, **changed):
        shown = io.StringIO()
        console = Console(file=shown, width=width)
        for module in (display, comparison_page):
            monkeypatch.setattr(module, "make_console", lambda: console)
        monkeypatch.setattr("typer.echo", lambda text="": shown.write(f"{text}\n"))
        compared = replace(BOTH, **changed)
        comparison_page.print_comparison(compared)
        comparison_page.print_samples(compared)
        return shown.getvalue().splitlines()

    return lines


def test_equal_cost_says_what_was_spent_and_who_is_best(page):
    lines = page(80)
    begin = lines.index("after 1,234,567 training tokens, which all runs saw:")
    rows = {line.split("  ")[0]: line.split()[-2:] for line in lines[begin:]}
    assert rows["tokens spent"] == ["1,200,000", "1,234,567"]
    assert rows["at step"] == ["12", "1,400"]
    assert rows["validation_loss"] == ["*", "1.250"]
    assert any("last evaluation by then" in line for line in lines)


def test_a_run_that_takes_no_part_has_no_figure(page):
    losses = FigureAtCost("validation_loss", "lower", (1.5, None), ())
    alone = EqualCost("seconds", 4.7051, (12, None), (4.7051, None), (losses,))
    lines = page(80, equal_cost=(alone,))
    begin = lines.index("after 4.71 s of training, which all runs with figures here had:")
    assert ["seconds", "spent", "4.71", "s", "–"] in [line.split() for line in lines[begin:]]


@pytest.mark.parametrize(
    ("ground", "settings", "said"),
    [
        (Ground(same_text=False, same_tokens=True), (), "read different texts"),
        (Ground(same_text=True, same_tokens=False), (), "only bits per character"),
        (
            Ground(same_text=True, same_tokens=True),
            (Difference("environment.device_name", ("a", "b"), (True, True)),),
            "not the same seconds",
        ),
    ],
)
def test_what_does_not_compare_is_said(page, ground, settings, said):
    assert said in " ".join(" ".join(page(60, ground=ground, settings=settings)).split())
    assert said not in " ".join(page(200))


@pytest.mark.parametrize(("width", "blocks"), [(40, 2), (60, 2), (80, 1), (160, 1), (1000, 1)])
def test_samples_stand_side_by_side_where_there_is_room_for_them(page, width, blocks):
    samples = (Sample("Once", " upon a time" * 20), Sample("Twice", " \n" + "x" * 400))
    lines = page(width, samples=samples)
    begin = next(row for row, line in enumerate(lines) if line.startswith("Once upon"))
    assert all(len(line.rstrip()) <= width for line in lines)
    assert ("Twice" in lines[begin]) == (blocks == 1)
    assert sum(line.count("x") for line in lines[begin:]) == 400


def test_a_run_without_a_sample_says_so_and_none_at_all_leave_no_heading(page):
    assert "(no sample)" in "\n".join(page(80))
    without = page(80, samples=(None, None))
    assert "(no sample)" not in "\n".join(without)


def test_text_that_would_steer_the_terminal_does_not(page):
    sample = Sample("\x1b[2J", "a\x07b\u202ec\x9b31m")
    path = Difference("path", ("\x1b]0;x\x07", "y"), (True, True))
    lines = "\n".join(page(80, samples=(sample, None), settings=(path,)))
    assert not set(lines) & set("\x1b\x07\u202e\x9b")
    assert "a�b�c" in lines
