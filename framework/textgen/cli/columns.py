"""Rows of plain text set in columns: what a Rich table looks like, at a hundredth of its cost.

A Rich table lays out every cell for styles and folds that a plain cell has not; ten thousand runs
would wait for that five seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain, zip_longest
from typing import TypeGuard

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

GAP = 2
_NARROWEST = 8


def are_plain(columns: Sequence[Sequence[str | Text]]) -> TypeGuard[Sequence[Sequence[str]]]:
    """Tell whether all cells are without styles, line breaks and control characters."""
    return all(isinstance(cell, str) and cell.isprintable() for cell in chain(*columns))


def widths_of(rows: Sequence[Sequence[str | Text]]) -> list[int]:
    """Return how wide each column would like to be, in cells of a terminal."""
    return [max(map(_width, column)) for column in zip(*rows, strict=True)]


def total(widths: Sequence[int]) -> int:
    """Return how wide columns are beside each other."""
    return sum(widths) + GAP * (len(widths) - 1)


def narrowed(widths: Sequence[int], room: int, places: Collection[int]) -> list[int] | None:
    """Return widths that fit into ``room``, the one column narrower that may be folded.

    Args:
        widths: What each column needs.
        room: What the terminal has.
        places: Which columns may be folded.

    Returns:
        None where there is not one such column, or too little room for it.
    """
    if total(widths) <= room:
        return list(widths)
    if len(places) != 1:
        return None
    (place,) = places
    left = widths[place] - (total(widths) - room)
    if left < _NARROWEST:
        return None
    return [left if here == place else width for here, width in enumerate(widths)]


def print_columns(
    console: Console,
    columns: Sequence[Sequence[str]],
    widths: Sequence[int],
    right: Sequence[bool],
) -> None:
    """Print columns, each a heading and cells without line breaks; longer cells are folded."""
    set_columns = [
        _set(console, column, width, right=to_the_right)
        for column, width, to_the_right in zip(columns, widths, right, strict=True)
    ]
    heading, *lines = _lines(set_columns, widths)
    console.print(Text(heading.rstrip(), "bold"), soft_wrap=True)
    console.file.write("".join(f"{line.rstrip()}\n" for line in lines))


def _set(
    console: Console, cells: Sequence[str], width: int, *, right: bool
) -> Iterator[str | list[str]]:
    """Yield cells as wide as the column, those that are folded as their lines."""
    for text in cells:
        if _cells(text) <= width:
            yield _padded(text, width, right=right)
        else:
            folded = Text(text).wrap(console, width, overflow="fold")
            yield [_padded(line.plain, width, right=right) for line in folded]


def _lines(columns: Sequence[Iterator[str | list[str]]], widths: Sequence[int]) -> Iterator[str]:
    gap = " " * GAP
    for row in zip(*columns, strict=True):
        if any(isinstance(cell, list) for cell in row):
            stacks = [cell if isinstance(cell, list) else [cell] for cell in row]
            for line in zip_longest(*stacks):
                yield gap.join(_or_blank(line, widths))
        else:
            yield gap.join(row)


def _or_blank(line: Sequence[str | None], widths: Sequence[int]) -> Iterator[str]:
    for text, width in zip(line, widths, strict=True):
        yield " " * width if text is None else text


def _width(cell: str | Text) -> int:
    if isinstance(cell, str):
        return _cells(cell) if cell.isprintable() else _width(Text(cell))
    return max((line.cell_len for line in cell.split()), default=0)


def _padded(text: str, width: int, *, right: bool) -> str:
    blanks = " " * (width - _cells(text))
    return blanks + text if right else text + blanks


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
