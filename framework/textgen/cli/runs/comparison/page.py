"""What `textgen runs compare` prints: what differs, the figures, the best one marked, the samples.

Runs stand side by side, as many as the terminal is wide enough for; the others follow below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from textgen.cli.display import make_console, measured, print_line, print_table
from textgen.cli.runs.comparison.words import (
    EQUAL_COST,
    cost_in_words,
    reservations,
    setting_in_words,
    spent_in_words,
    steps_in_words,
)
from textgen.cli.texts import on_a_page
from textgen_registry import (
    Comparison,
    EqualCost,
    FigureAtCost,
    MetricComparison,
    Sample,
    SettingDifference,
)

_MARK = "*"
_SHORT = 12  # characters of an id: enough to tell it from others, and to find a run by
_WIDEST = 30
_GAP = 2
_NARROWEST_SAMPLE, _WIDEST_SAMPLES = 38, 160

Row = tuple[str, list[Text]]


def print_comparison(comparison: Comparison) -> None:
    """Print a comparison for people."""
    headings = _headings(comparison)
    differing = [*_status(comparison), *map(_setting, comparison.settings)]
    if differing:
        _print_rows("what differs", headings, differing)
    else:
        print_line("all settings are the same")
    print_line()
    figures = [row for metric in comparison.metrics for row in _metric(metric)]
    _print_rows("metric", headings, figures, right=True)
    for item in comparison.equal_cost:
        _say(f"\n{cost_in_words(item)}:")
        _print_rows("metric", headings, list(_at_cost(item)), right=True)
    _say(f"\n{_MARK} the best of its row. {EQUAL_COST}")
    for reservation in reservations(comparison):
        _say(reservation)


def print_samples(comparison: Comparison) -> None:
    """Print what the runs wrote, side by side, each after its prompt."""
    if not any(comparison.samples):
        return
    console = make_console()
    width = min(console.width, _WIDEST_SAMPLES)
    many = max(1, width // _NARROWEST_SAMPLE)
    room = max(1, width // min(many, len(comparison.samples)) - _GAP)
    headings = _headings(comparison)
    for first in range(0, len(headings), many):
        print_line()
        cells = [_folded(sample, room) for sample in comparison.samples[first : first + many]]
        print_table(headings[first : first + many], [cells])


def _say(sentence: str) -> None:
    """Print a sentence, folded between words."""
    make_console().print(Text(sentence))


def _headings(comparison: Comparison) -> list[str]:
    return [f"{on_a_page(run.name)}\n{run.id[:_SHORT]}" for run in comparison.runs]


def _folded(sample: Sample | None, room: int) -> Text:
    """Return a sample as a cell of a fixed width; the prompt is dimmed."""
    if sample is None:
        text = Text("(no sample)", "dim")
    else:
        text = Text.assemble((on_a_page(sample.prompt), "dim"), on_a_page(sample.text))
    lines = text.wrap(make_console(), room, overflow="fold")
    for line in lines:
        line.rstrip()
    lines[0].pad_right(room - lines[0].cell_len)
    return Text("\n").join(lines)


def _status(comparison: Comparison) -> Iterator[Row]:
    statuses = [run.status for run in comparison.runs]
    if len(set(statuses)) > 1:
        yield "status", [Text(status) for status in statuses]


def _setting(item: SettingDifference) -> Row:
    cells = zip(item.values, item.present, strict=True)
    return on_a_page(item.key), [
        Text(setting_in_words(value) if present else "(not set)") for value, present in cells
    ]


def _metric(metric: MetricComparison) -> Iterator[Row]:
    name = on_a_page(metric.name)
    if metric.better is not None:
        best = [_best(value, place in metric.winners) for place, value in enumerate(metric.best)]
        yield f"{name}, best", best
    yield f"{name}, last", [Text(measured(value)) for value in metric.last]


def _at_cost(item: EqualCost) -> Iterator[Row]:
    yield f"last evaluation, {item.cost}", [Text(words) for words in spent_in_words(item)]
    yield "last evaluation, step", [Text(words) for words in steps_in_words(item)]
    yield from map(_figure, item.figures)


def _figure(item: FigureAtCost) -> Row:
    cells = [_best(value, place in item.winners) for place, value in enumerate(item.values)]
    return on_a_page(item.name), cells


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
            print_line()
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
