"""Curves drawn with characters, to be read without colour as well as with it.

Each line is made of braille dots, eight to a character, and carries its run's letter along.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rich.text import Text

from textgen.cli.runs.comparison.curves import (
    Axis,
    Curve,
    Point,
    axis_around,
    axis_from_zero,
    short,
)

# Okabe and Ito's colours, which people tell apart however they see colours.
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by row, then column
_BRAILLE = 0x2800
_LETTER_EVERY = 14  # cells of a line from one letter to the next
_MARGIN = 8  # for the values of the vertical axis

Cell = tuple[int, int]


def plot(curves: Sequence[Curve], *, width: int, height: int, dots: bool = True) -> Text:
    """Return curves in a frame of axes.

    Args:
        curves: At least one; none is empty.
        width: In characters, all included.
        height: Of the frame, in lines.
        dots: Whether there are braille dots; without them lines are made of letters alone.
    """
    points = [point for curve in curves for point in curve.points]
    across = axis_from_zero(x for x, _ in points)
    upward = axis_around(y for _, y in points)
    canvas = _Canvas(across, upward, columns=width - _MARGIN - 2, rows=height)
    for curve in curves:
        canvas.draw(curve, dots=dots)
    for curve in curves:
        canvas.letter(curve, len(curves))
    labels = {canvas.dot((across.low, tick))[1] // 4: short(tick) for tick in upward.ticks}
    lines = [
        Text.assemble(f"{labels.get(row, ''):>{_MARGIN}} ", "┤" if row in labels else "│", line)
        for row, line in enumerate(canvas.lines())
    ]
    return Text("\n").join([*lines, *_foot(across, canvas.columns)])


class _Canvas:
    """A grid of characters, row 0 on top."""

    def __init__(self, across: Axis, upward: Axis, *, columns: int, rows: int) -> None:
        self.columns = columns
        self._across, self._upward, self._rows = across, upward, rows
        self._bits: dict[Cell, int] = {}
        self._shown: dict[Cell, tuple[str, int]] = {}

    def dot(self, point: Point) -> Cell:
        """Return the column and row of a point in dots: two by four to a character."""
        x = round(self._across.part(point[0]) * (2 * self.columns - 1))
        return x, round((1 - self._upward.part(point[1])) * (4 * self._rows - 1))

    def draw(self, curve: Curve, *, dots: bool) -> None:
        """Draw a curve's lines."""
        for x, y in self._path(curve):
            cell = (x // 2, y // 4)
            self._bits[cell] = self._bits.get(cell, 0) | _DOTS[y % 4][x % 2]
            character = chr(_BRAILLE + self._bits[cell]) if dots else curve.mark
            self._shown[cell] = (character, curve.place)

    def letter(self, curve: Curve, count: int) -> None:
        """Put a curve's letter at its end and along it, where no other letter stands."""
        cells = list(dict.fromkeys((x // 2, y // 4) for x, y in self._path(curve)))
        free = [cell for cell in cells if not self._shown[cell][0].isalpha()] or cells
        phase = _LETTER_EVERY * curve.place // count
        for cell in [*free[phase:-4:_LETTER_EVERY], free[-1]]:
            self._shown[cell] = (curve.mark, curve.place)

    def lines(self) -> Iterator[Text]:
        """Yield what is drawn, row by row."""
        for row in range(self._rows):
            shown = (self._shown.get((column, row)) for column in range(self.columns))
            yield Text.assemble(*((cell[0], style_of(cell[1])) if cell else " " for cell in shown))

    def _path(self, curve: Curve) -> Iterator[Cell]:
        """Yield every dot of a curve from left to right."""
        for piece in curve.pieces:
            corners = [self.dot(point) for point in piece]
            yield corners[0]
            for (x0, y0), (x1, y1) in pairwise(corners):
                count = max(abs(x1 - x0), abs(y1 - y0), 1)
                for at in range(1, count + 1):
                    yield x0 + round((x1 - x0) * at / count), y0 + round((y1 - y0) * at / count)


def style_of(place: int) -> str:
    """Return the style of a run's line."""
    return f"bold {_COLOURS[place % len(_COLOURS)]}"


def _foot(across: Axis, columns: int) -> Iterator[Text]:
    """Yield the horizontal axis and its values, none over another."""
    line, values = list("─" * columns), " " * columns
    for tick in across.ticks:
        column = round(across.part(tick) * (columns - 1))
        line[column] = "┬"
        label = short(tick)
        begin = max(0, min(column - len(label) // 2, columns - len(label)))
        if not values[max(0, begin - 1) : begin + len(label) + 1].strip():
            values = values[:begin] + label + values[begin + len(label) :]
    yield Text(" " * _MARGIN + " └" + "".join(line))
    yield Text(" " * _MARGIN + "  " + values.rstrip())
