"""What `textgen runs compare` prints: what differs, then the figures, the best one marked.

Runs stand side by side, as many as the terminal is wide enough for; the others follow below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import typer
from rich.text import Text

from textgen.cli.display import figure, make_console, measured, print_table
from textgen.cli.values import shown
from textgen_registry import Comparison, MetricComparison, SettingDifference

_MARK = "*"
_SHORT = 12  # characters of an id or a hash: enough to tell it from others, and to find a run by
_HASH = re.compile(r"[0-9a-f]{64}")
_WIDEST = 30
_GAP = 2

Row = tuple[str, list[Text]]


def print_comparison(comparison: Comparison) -> None:
    """Print a comparison for people."""
    headings = [f"{run.name}\n{run.id[:_SHORT]}" for run in comparison.runs]
    differing = [*_status(comparison), *map(_setting, comparison.settings)]
    if differing:
        _print_rows("what differs", headings, differing)
    else:
        typer.echo("all settings are the same")
    typer.echo()
    figures = [row for metric in comparison.metrics for row in _metric(metric)]
    _print_rows("metric", headings, figures, right=True)
    typer.echo(f"\n{_MARK} the best of its row; held-out losses compare only on the same text")


def _status(comparison: Comparison) -> Iterator[Row]:
    statuses = [run.status for run in comparison.runs]
    if len(set(statuses)) > 1:
        yield "status", [Text(status) for status in statuses]


def _setting(item: SettingDifference) -> Row:
    cells = zip(item.values, item.present, strict=True)
    return item.key, [Text(_value(value) if present else "(not set)") for value, present in cells]


def _value(value: object) -> str:
    text = figure(shown(value))
    return f"{text[:_SHORT]}…" if _HASH.fullmatch(text) else text


def _metric(metric: MetricComparison) -> Iterator[Row]:
    if metric.better is not None:
        best = [_best(value, place in metric.winners) for place, value in enumerate(metric.best)]
        yield f"{metric.name}, best", best
    yield f"{metric.name}, last", [Text(measured(value)) for value in metric.last]


def _best(value: float | None, wins: bool) -> Text:
    return Text(f"{_MARK} {measured(value)}", "bold green") if wins else Text(measured(value))


def _print_rows(
    title: str, headings: Sequence[str], rows: Sequence[Row], *, right: bool = False
) -> None:
    """Print rows in blocks of as many runs as fit; what the rows are is repeated for each."""
    room = make_console().width - max(len(label) for label in [title, *dict(rows)])
    # On a terminal that is too narrow even for one run, the labels are folded, not the ids.
    whole = [title] if room >= _GAP + _SHORT else []
    for number, places in enumerate(_blocks(_widths(headings, rows), room)):
        if number:
            typer.echo()
        columns = [headings[place] for place in places]
        cells = [[label, *(values[place] for place in places)] for label, values in rows]
        print_table([title, *columns], cells, right=columns if right else (), whole=whole)


def _widths(headings: Sequence[str], rows: Sequence[Row]) -> Iterator[int]:
    """Yield how wide each run's column would like to be; longer cells are folded."""
    for place, heading in enumerate(headings):
        lines = [*Text(heading).split(), *(values[place] for _, values in rows)]
        yield min(_WIDEST, max(line.cell_len for line in lines)) + _GAP


def _blocks(widths: Iterator[int], room: int) -> Iterator[list[int]]:
    """Share columns out to blocks that fit into ``room``, one column at least to each."""
    block: list[int] = []
    left = room
    for place, width in enumerate(widths):
        if block and width > left:
            yield block
            block, left = [], room
        block.append(place)
        left -= width
    yield block
