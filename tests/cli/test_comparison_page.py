"""Runs side by side, on terminals of any width."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from textgen.cli import display
from textgen.cli.runs import comparison_page
from textgen_registry import Comparison, Ground, MetricComparison, RunRow, SettingDifference

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
HASHES = [character * 64 for character in "abcd"]


def comparison(count=4, *, settings=(), **changed):
    """Compares runs whose corpora differ."""
    ids = [f"1k0z8bgs4pm{place}n4er" for place in range(count)]
    runs = [replace(ROW, id=run, name=f"{ROW.name}-{run[-5]}") for run in ids]
    runs[-1] = replace(runs[-1], **changed)
    corpora = SettingDifference("corpus.sha256_text", tuple(HASHES[:count]), (True,) * count)
    values = tuple(1.0 + place for place in range(count))
    losses = MetricComparison("validation_loss", "lower", values, values, (0,))
    return Comparison(
        runs=tuple(runs),
        ground=Ground(same_text=False, same_tokens=True),
        settings=(corpora, *settings),
        metrics=(losses,),
        equal_cost=(),
        evaluations=((),) * count,
        samples=(None,) * count,
    )


@pytest.fixture
def page(monkeypatch, capsys):
    """Returns the lines that a terminal of so many columns shows."""

    def lines(width, compared):
        shown = io.StringIO()
        console = Console(file=shown, width=width)
        for module in (display, comparison_page):
            monkeypatch.setattr(module, "make_console", lambda: console)
        monkeypatch.setattr("typer.echo", lambda text="": shown.write(f"{text}\n"))
        comparison_page.print_comparison(compared)
        return shown.getvalue().splitlines()

    return lines


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_no_id_hash_or_figure_is_folded_on_any_terminal(page, width):
    lines = page(width, comparison())
    assert all(len(line.rstrip()) <= width for line in lines[:-1])
    words = {word for line in lines for word in line.split()}
    assert {f"1k0z8bgs4pm{place}" for place in range(4)} <= words
    assert {f"{sha256[:12]}…" for sha256 in HASHES} <= words
    assert {"1.000", "2.000", "3.000", "4.000"} <= words


def test_runs_that_do_not_fit_side_by_side_follow_in_blocks_that_repeat_what_the_rows_are(page):
    lines = page(80, comparison())
    assert [line.split()[0] for line in lines if "sha256" in line] == ["corpus.sha256_text"] * 2
    assert sum(line.startswith("validation_loss, best") for line in lines) == 2
    assert len([line for line in page(200, comparison()) if "sha256" in line]) == 1


def test_four_runs_of_usual_names_need_one_line_a_row_at_100_columns(page):
    below_names = [line for line in page(100, comparison()) if ROW.name not in line]
    assert not any(line.startswith(" ") for line in below_names)


def test_a_long_value_is_folded_rather_than_taking_the_place_of_others(page):
    paths = SettingDifference("source.use", ("file:" + "folder/" * 20, "file:x"), (True, True))
    lines = page(100, comparison(2, settings=[paths]))
    assert sum("what differs" in line for line in lines) == 1
    assert "file:x" in next(line for line in lines if line.startswith("source.use"))


def test_how_runs_stand_is_a_row_where_it_differs(page):
    assert not any(line.startswith("status") for line in page(100, comparison(2)))
    lines = page(100, comparison(2, status="interrupted"))
    assert ["status", "finished", "interrupted"] in [line.split() for line in lines]


def test_an_empty_list_looks_as_it_does_where_a_run_is_shown(page):
    mirrors = SettingDifference("source.mirrors", ([], ["/a", "/b"], None), (True, True, False))
    rows = [line.split() for line in page(100, comparison(3, settings=[mirrors]))]
    assert ["source.mirrors", "–", "/a;", "/b", "(not", "set)"] in rows
