"""How figures, times and tables look on a terminal, and documents in JSON and TOML."""

from __future__ import annotations

import codecs
import json
import math
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from textgen.cli.columns import are_plain, narrowed, print_columns, total, widths_of
from textgen.cli.texts import in_lines

_WIDE = 1000
_MONTH, _YEAR = 30 * 24, 365 * 24  # hours


def make_console(*, stderr: bool = False) -> Console:
    """Return a console; where output goes to a file or pipe, its lines are never folded."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDE
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False)


def print_line(text: str = "") -> None:
    """Print a line for people, or several; what would steer the terminal is escaped."""
    make_console().file.write(f"{in_lines(text)}\n")


def print_heading(text: str) -> None:
    """Print what the lines below it are about."""
    make_console().print(Text(in_lines(text), "bold"), soft_wrap=True)


def print_facts(rows: Iterable[tuple[str, object]]) -> None:
    """Print a line for each of some facts: what it is, and its value."""
    table = _new_table()
    table.show_header = False
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    _fill(table, rows)
    _print(make_console(), table)


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
    _print(make_console(), table)


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
    console, places = make_console(), list(range(len(columns)))
    cells = [[cell if isinstance(cell, Text) else _harmless(cell) for cell in row] for row in rows]
    widths = widths_of([columns, *cells])
    for column in spare:
        if total([widths[place] for place in places]) <= console.width:
            break
        places.remove(columns.index(column))
    _print_places(console, columns, cells, [(at, widths[at]) for at in places], right, whole)
    if len(places) < len(columns):
        left_out = ", ".join(name for at, name in enumerate(columns) if at not in places)
        sys.stderr.write(f"(left out, for want of width: {left_out})\n")


def _print_places(
    console: Console,
    columns: Sequence[str],
    cells: Sequence[Sequence[str | Text]],
    places: Sequence[tuple[int, int]],
    right: Collection[str],
    whole: Collection[str],
) -> None:
    """Print the columns at some places, of which it is known how wide they would be."""
    shown = [[columns[at], *(row[at] for row in cells)] for at, _ in places]
    foldable = [number for number, column in enumerate(shown) if column[0] not in whole]
    widths = narrowed([width for _, width in places], console.width, foldable)
    if widths is None or not are_plain(shown):
        _print(console, _table(shown, right, whole))
    else:
        print_columns(console, shown, widths, [column[0] in right for column in shown])


def _print(console: Console, table: Table) -> None:
    """Print a table; what is no terminal gets no blanks at the ends of lines."""
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def _table(
    shown: Sequence[Sequence[str | Text]], right: Collection[str], whole: Collection[str]
) -> Table:
    table = _new_table()
    headings, *rows = zip(*shown, strict=True)
    for heading in headings:
        table.add_column(
            Text(heading),
            justify="right" if heading in right else "left",
            overflow="fold",
            no_wrap=heading in whole,
        )
    _fill(table, rows)
    return table


def _new_table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")


def _fill(table: Table, rows: Iterable[Sequence[object]]) -> None:
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(_harmless(cell)) for cell in row))


def _harmless(cell: object) -> str:
    return in_lines(figure(cell))


def print_json(value: object) -> None:
    """Print one JSON document on stdout; NaN and infinities, which JSON lacks, become null."""
    plain, escaped = _json_value(value), not stdout_holds_any_text()
    document = json.dumps(plain, indent=2, ensure_ascii=escaped, allow_nan=False)
    sys.stdout.write(f"{document}\n")


def print_toml(document: str) -> None:
    """Print a TOML document on stdout; what the encoding there lacks is escaped as in TOML."""
    if not stdout_holds_any_text():
        document = re.sub(r"[^\x00-\x7f]", lambda char: f"\\U{ord(char[0]):08x}", document)
    sys.stdout.write(document)


def print_text(prompt: str, text: str) -> None:
    """Print generated text after its prompt."""
    write_prompt(prompt)
    write_piece(f"{text}\n")


def write_prompt(prompt: str) -> None:
    """Write a prompt, dimmed on a terminal that can; what it steers a terminal by is escaped."""
    can_dim = sys.stdout.isatty() and not make_console().is_dumb_terminal
    sys.stdout.write(f"\033[2m{_seen(prompt)}\033[0m" if can_dim else _seen(prompt))


def write_piece(text: str) -> None:
    """Write a piece of text at once: on a terminal harmless, elsewhere as it is."""
    sys.stdout.write(_seen(text))
    sys.stdout.flush()


def _seen(text: str) -> str:
    return in_lines(text) if sys.stdout.isatty() else text


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


def times(number: int) -> str:
    """Return how often something occurs: ``once``, ``2,000 times``."""
    return "once" if number == 1 else f"{number:,} times"


def duration(seconds: float) -> str:
    """Return a duration in the largest fitting units."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= _YEAR:
        return counted(hours // _YEAR, "year")
    if hours >= _MONTH:
        return counted(hours // 24, "day")
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def stdout_holds_any_text() -> bool:
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
