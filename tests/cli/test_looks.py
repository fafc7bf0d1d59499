"""How output looks: whole lines in pipes, text as it is, progress that gives the terminal back."""

import dataclasses
import io

import pytest
from rich.console import Console

from textgen.cli import display
from textgen.cli.progress import BarProgress, make_progress
from textgen.events import Metrics, Plan, Progress, RunFinished, RunStarted

LONG = "a-name-as-long-as-names-may-be-" * 2 + "and-even-longer"


def test_a_piped_list_is_neither_folded_nor_cut(tiny, textgen, tmp_path, rhyme):
    folder = tmp_path / ("folder" * 30)
    folder.mkdir()
    text = folder / "rhyme.txt"
    text.write_text(rhyme.read_text())
    tiny("--name", LONG, "--source", f"file:{text}")
    heading, line = textgen("runs", "list").out.splitlines()
    assert heading.split()[:3] == ["id", "name", "status"]
    assert LONG in line
    assert f"file:{text}" in line
    tiny("--name", "other")
    compared = textgen("runs", "compare", LONG, "other")
    assert LONG in compared.out
    assert f"file:{text}" in textgen("runs", "show", LONG).out


def test_text_that_looks_like_markup_is_printed_as_it_is(textgen, tmp_path, tiny_words):
    text = tmp_path / "markup.txt"
    text.write_text("[bold]no[/bold] [red]markup[/] :smile: \\[x] " * 40)
    words = ["--source", f"file:{text}", *tiny_words, "--epochs", 1, "--prompt", "[bold]no[/bold]"]
    done = textgen("run", *words, "--name", "[red]", "--tag", "[bold]")
    assert done.out.startswith("[bold]no[/bold]")
    assert "run [red] (" in done.err
    assert " [red] " in textgen("runs", "list").out
    shown = textgen("runs", "show", "[red]").out
    assert "sample.prompt" in shown
    assert shown.count("[bold]no[/bold]") == 2
    assert ["tags", "[bold]"] in [line.split() for line in shown.splitlines()]
    assert textgen("generate", "[red]", "--length", 3).out.startswith("[bold]no[/bold]")
    assert textgen("sources", "text", f"file:{text}").out == text.read_text()
    assert "'[blue]'" in textgen("runs", "show", "[blue]").error_line(1)


@pytest.fixture
def narrow(monkeypatch):
    """Shows tables on a terminal of so many columns; returns what it shows."""

    def show(width, *arguments, **keywords):
        terminal = io.StringIO()
        console = Console(file=terminal, width=width)
        monkeypatch.setattr(display, "make_console", lambda: console)
        display.print_table(*arguments, **keywords)
        return terminal.getvalue()

    return show


def test_a_narrow_terminal_gets_fewer_columns_rather_than_folded_ones(narrow, capsys):
    columns, rows = ["id", "name", "source"], [["1k0z8bgs", "a name", "file:rhyme.txt"]]
    words = {"whole": columns, "spare": ["source"]}
    assert "file:rhyme.txt" in narrow(60, columns, rows, **words)
    assert capsys.readouterr().err == ""
    assert narrow(20, columns, rows, **words).split() == ["id", "name", "1k0z8bgs", "a", "name"]
    assert "source" in capsys.readouterr().err


def test_figures_say_no_more_than_they_know():
    assert display.measured(1.23456) == "1.235"
    assert display.measured(2.7) == "2.700"
    assert display.measured(123456.789) == "123,456.8"
    assert display.measured(None) == display.figure(None) == "–"
    assert display.figure(0.0003) == "0.0003"
    assert display.figure(True) == "yes"
    assert [display.duration(t) for t in (4, 64, 3840)] == ["4 s", "1 min 4 s", "1 h 4 min"]


PLAN = Plan(
    steps=40,
    steps_per_epoch=20,
    tokens_per_step=64,
    training_tokens=1280,
    validation_tokens=128,
    vocab_size=20,
    parameters=1000,
    device="cpu",
)
STARTED = RunStarted({}, {}, {}, {}, PLAN, 0, {})


@pytest.fixture
def terminal():
    return io.StringIO()


def test_the_bar_shows_loss_speed_and_place_on_a_terminal(terminal):
    bar = make_progress(Console(file=terminal, force_terminal=True, width=100))
    assert isinstance(bar, BarProgress)
    bar.textgen_run_started(STARTED)
    bar.textgen_progress(Progress(step=10, loss=2.5, tokens_per_second=12345.6))
    bar.textgen_metrics(Metrics(20, 1.0, {"validation_loss": 2.125, "bits_per_char": 3.0}))
    bar.textgen_run_finished(RunFinished("finished", 40, {}, "all steps taken"))
    last = terminal.getvalue().rsplit("epoch ", 1)[1]
    for part in ["2.0/2", "100%", "loss 2.500", "held-out 2.125", "12,346 tokens/s"]:
        assert part in last


def test_the_bar_gives_the_terminal_back_even_when_the_run_does_not_end(terminal):
    bar = make_progress(Console(file=terminal, force_terminal=True, width=100))
    bar.textgen_run_started(STARTED)
    bar.close()
    bar.close()
    hidden, shown = "\x1b[?25l", "\x1b[?25h"
    assert terminal.getvalue().rfind(shown) > terminal.getvalue().rfind(hidden)


@pytest.mark.parametrize("kind", ["xterm", "dumb"])
def test_nothing_is_shown_of_a_run_that_another_listener_refused(terminal, kind, monkeypatch):
    monkeypatch.setenv("TERM", kind)
    bar = make_progress(Console(file=terminal, force_terminal=True, width=100))
    bar.textgen_run_finished(RunFinished("failed", 0, {}, "RegistryError: no"))
    bar.close()
    assert terminal.getvalue() == ""


def test_elsewhere_there_is_a_line_for_each_evaluation(tiny):
    lines = [line for line in tiny("--epochs", 2).err.splitlines() if line.startswith("step ")]
    assert lines
    for line in lines:
        assert "held-out loss" in line
        assert "tokens/s" in line
        assert "\x1b" not in line


def bar_at(width, *, max_seconds=None, stops_after=None, heard=()):
    """What a bar shows in a terminal of this width after some events."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=width, color_system=None)
    bar = make_progress(console, stops_after=stops_after)
    plan = dataclasses.replace(PLAN, max_seconds=max_seconds)
    bar.textgen_run_started(dataclasses.replace(STARTED, plan=plan))
    for event in heard:
        bar.textgen_progress(event)
    bar.close()
    return [line for line in screen.getvalue().splitlines() if "epoch" in line][-1]


def test_a_narrow_terminal_keeps_the_bar_and_its_percentage():
    event = Progress(step=20, loss=1.5, tokens_per_second=12345.0)
    for width in (40, 60, 80, 120):
        line = bar_at(width, heard=[event])
        assert "50%" in line
        assert "━" in line
    assert "12,345 tokens/s" in bar_at(120, heard=[event])


def test_a_bar_measures_against_a_time_limit_that_ends_first():
    assert "100%" in bar_at(80, max_seconds=1e-9, heard=[Progress(1, 1.0, 1.0)])
    assert "10%" in bar_at(80, max_seconds=1e9, heard=[Progress(4, 1.0, 1.0)])


def test_a_bar_measures_against_the_step_at_which_a_repeated_run_stops_whatever_the_clock_says():
    line = bar_at(80, max_seconds=1e-9, stops_after=8, heard=[Progress(4, 1.0, 1.0)])
    assert "50%" in line


def test_a_bar_says_when_it_evaluates():
    assert "evaluating" in bar_at(120, heard=[Progress(1, 1.0, 1.0, "evaluating")])
