"""How figures, times and tables look on a terminal, and JSON documents."""

from __future__ import annotations

import codecs
import json
import math
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE = 1000


def make_console(*, stderr: bool = False) -> Console:
    """Return a console; where output goes to a file or pipe, its lines are never folded."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDE
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False)


def print_facts(rows: Sequence[Sequence[object]]) -> None:
    """Print rows that need no headings, because their first cell says what the others are."""
    table = _new_table()
    table.show_header = False
    _fill(table, rows)
    make_console().print(table)


def print_in_columns(cells: Sequence[str], widths: Sequence[int]) -> None:
    """Print a row at once, before the others are known: its columns are as wide as is said.

    Args:
        cells: One more than there are widths; the last one has what is left of the line.
        widths: In characters; what does not fit is folded between words, within its column.
    """
    table = _new_table()
    table.show_header = False
    for width in widths:
        table.add_column(width=width, overflow="fold")
    table.add_column(overflow="fold")
    _fill(table, [cells])
    make_console().print(table)


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    right: Collection[str] = (),
    whole: Collection[str] = (),
    spare: Sequence[str] = (),
) -> None:
    """Print rows under headings; cells may be text, numbers or rich ``Text``.

    Args:
        columns: The headings.
        rows: The cells, row by row.
        right: Columns of figures.
        whole: Columns that are never folded.
        spare: Columns to leave out, one after the other, where a terminal is too narrow.
    """
    console, shown = make_console(), list(columns)
    table = _table(columns, rows, shown, right, whole)
    for column in spare:
        if _width(table) <= console.width:
            break
        shown.remove(column)
        table = _table(columns, rows, shown, right, whole)
    console.print(table)
    if len(shown) < len(columns):
        left_out = ", ".join(column for column in columns if column not in shown)
        sys.stderr.write(f"(left out, for want of width: {left_out})\n")


def _table(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    shown: Collection[str],
    right: Collection[str],
    whole: Collection[str],
) -> Table:
    table = _new_table()
    for column in filter(shown.__contains__, columns):
        table.add_column(
            Text(column),
            justify="right" if column in right else "left",
            overflow="fold",
            no_wrap=column in whole,
        )
    places = [place for place, column in enumerate(columns) if column in shown]
    _fill(table, [[row[place] for place in places] for row in rows])
    return table


def _new_table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")


def _fill(table: Table, rows: Iterable[Sequence[object]]) -> None:
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(figure(cell)) for cell in row))


def print_json(value: object) -> None:
    """Print one JSON document on stdout; NaN and infinities, which JSON lacks, become null."""
    plain, escaped = _json_value(value), not _stdout_holds_any_text()
    document = json.dumps(plain, indent=2, ensure_ascii=escaped, allow_nan=False)
    sys.stdout.write(f"{document}\n")


def print_text(prompt: str, text: str) -> None:
    """Print generated text after its prompt, which is dimmed on a terminal."""
    dimmed = f"\033[2m{prompt}\033[0m" if sys.stdout.isatty() else prompt
    sys.stdout.write(f"{dimmed}{text}\n")
    sys.stdout.flush()


def figure(value: object) -> str:
    """Return a value as a cell shows it: an absent one as –, a float as it would be typed."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def measured(value: object) -> str:
    """Return a measured value as a cell shows it: a float with four digits."""
    if isinstance(value, float):
        return f"{value:#.4g}" if abs(value) < 10_000 else f"{value:,.1f}"
    return figure(value)


def local_time(microseconds: int | None) -> str:
    """Return a time, in microseconds since 1970 UTC, as the user's clock showed it."""
    if microseconds is None:
        return "–"
    from textgen_registry.records import local_minute

    return local_minute(microseconds)


def counted(number: int, what: str) -> str:
    """Return how many of something there are: ``1 run``, ``2,000 runs``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def duration(seconds: float) -> str:
    """Return a duration in the largest fitting units."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _width(table: Table) -> int:
    """Return how wide a table is where nothing limits it."""
    return Console(width=_WIDE).measure(table).maximum


def _stdout_holds_any_text() -> bool:
    """Return whether stdout is Unicode; elsewhere its own escapes would not be those of JSON."""
    return codecs.lookup(sys.stdout.encoding or "utf-8").name.startswith("utf")


def _json_value(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
