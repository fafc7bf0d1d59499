"""Runs side by side, on terminals of any width: what differs, equal cost, samples."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from textgen.cli import display
from textgen.cli.runs.comparison import page as comparison_page
from textgen_registry import (
    Comparison,
    EqualCost,
    FigureAtCost,
    Ground,
    MetricComparison,
    RunRow,
    Sample,
    SettingDifference,
)

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
def page(monkeypatch):
    """Returns the lines that a terminal of so many columns shows."""

    def lines(width, compared):
        shown = io.StringIO()
        console = Console(file=shown, width=width)
        for module in (display, comparison_page):
            monkeypatch.setattr(module, "make_console", lambda: console)
        comparison_page.print_comparison(compared)
        comparison_page.print_samples(compared)
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


def test_equal_cost_says_what_was_spent_and_who_is_best(page):
    lines = page(80, BOTH)
    begin = lines.index("after 1,234,567 training tokens, which all runs saw:")
    rows = {line.split("  ")[0]: line.split()[-2:] for line in lines[begin:]}
    assert rows["last evaluation, tokens"] == ["1,200,000", "1,234,567"]
    assert rows["last evaluation, step"] == ["12", "1,400"]
    assert rows["validation_loss"] == ["*", "1.250"]
    assert any("on the straight line" in line for line in lines)


def test_a_run_that_takes_no_part_has_no_figure(page):
    losses = FigureAtCost("validation_loss", "lower", (1.5, None), ())
    alone = EqualCost("seconds", 4.7051, (12, None), (4.7051, None), (losses,))
    lines = page(80, replace(BOTH, equal_cost=(alone,)))
    begin = lines.index("after 4.71 s of training, which all runs with figures here had:")
    assert ["last", "evaluation,", "seconds", "4.71", "s", "–"] in [
        line.split() for line in lines[begin:]
    ]


@pytest.mark.parametrize(
    ("ground", "settings", "said"),
    [
        (Ground(same_text=False, same_tokens=True), (), "read different texts"),
        (Ground(same_text=True, same_tokens=False), (), "only bits per character"),
        (
            Ground(same_text=True, same_tokens=True),
            (SettingDifference("environment.device_name", ("a", "b"), (True, True)),),
            "not the same seconds",
        ),
    ],
)
def test_what_does_not_compare_is_said(page, ground, settings, said):
    lines = page(60, replace(BOTH, ground=ground, settings=settings))
    assert said in " ".join(" ".join(lines).split())
    assert said not in " ".join(page(200, BOTH))


@pytest.mark.parametrize(("width", "blocks"), [(40, 2), (60, 2), (80, 1), (160, 1), (1000, 1)])
def test_samples_stand_side_by_side_where_there_is_room_for_them(page, width, blocks):
    samples = (Sample("Once", " upon a time" * 20), Sample("Twice", " \n" + "x" * 400))
    lines = page(width, replace(BOTH, samples=samples))
    begin = next(row for row, line in enumerate(lines) if line.startswith("Once upon"))
    assert all(len(line.rstrip()) <= width for line in lines)
    assert ("Twice" in lines[begin]) == (blocks == 1)
    assert sum(line.count("x") for line in lines[begin:]) == 400


def test_a_run_without_a_sample_says_so_and_none_at_all_leave_no_heading(page):
    assert "(no sample)" in "\n".join(page(80, BOTH))
    without = page(80, replace(BOTH, samples=(None, None)))
    assert "(no sample)" not in "\n".join(without)


def test_text_that_would_steer_the_terminal_does_not(page):
    sample = Sample("\x1b[2J", "a\x07b\u202ec\x9b31m")
    path = SettingDifference("path", ("\x1b]0;x\x07", "y"), (True, True))
    compared = replace(BOTH, samples=(sample, None), settings=(path,))
    lines = "\n".join(page(80, compared))
    assert not set(lines) & set("\x1b\x07\u202e\x9b")
    assert "a�b�c" in lines
