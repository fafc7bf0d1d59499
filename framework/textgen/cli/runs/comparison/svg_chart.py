"""Curves as SVG to stand within a page, which gives colours and fonts to their classes.

Lines differ in colour and in their dashes, and each ends in its run's letter. Knows no runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from textgen.cli.runs.comparison.curves import Curve, Point, axis_around, axis_from_zero, short
from textgen.cli.texts import on_a_page

STYLES = 6
"""How many colours, and how many dashes, the page has classes for."""

_WIDTH, _HEIGHT = 420, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 24, 16, 40
_LINE = 12  # between the letters at the ends of two lines
_MOST_DOTTED = 48  # points of a line that are marked one by one


def svg_chart(
    curves: Sequence[Curve], *, title: str, across: str, limit: float | None, key: str
) -> str:
    """Return a chart.

    Args:
        curves: At least one; none is empty.
        title: What goes up, and what it is over.
        across: What the horizontal axis shows.
        limit: Where to draw the line of equal cost; None for nowhere.
        key: Tells the ids of this chart from those of others on the page.
    """
    return "\n".join(_Chart(curves).lines(title, across, limit, key))


def style_classes(place: int) -> str:
    """Return the classes of a run's line: no two of twelve runs have the same pair."""
    return f"c{place % STYLES} d{(place + place // STYLES) % STYLES}"


class _Chart:
    def __init__(self, curves: Sequence[Curve]) -> None:
        points = [point for curve in curves for point in curve.points]
        self._curves = curves
        self._across = axis_from_zero(x for x, _ in points)
        self._upward = axis_around(y for _, y in points)

    def lines(self, title: str, across: str, limit: float | None, key: str) -> Iterator[str]:
        yield (
            f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
            f'aria-labelledby="{key}-title {key}-desc">'
        )
        yield f'<title id="{key}-title">{escape(title)}</title>'
        yield f'<desc id="{key}-desc">{escape(self._description())}</desc>'
        yield from self._grid(across)
        if limit is not None and limit <= self._across.high:
            yield from self._limit(limit)
        for curve in self._curves:
            yield from self._line(curve)
        yield from self._letters()
        yield "</svg>"

    def _description(self) -> str:
        ends = (f"{curve.mark} {_name(curve)}: {_last(curve)[1]:.4g}" for curve in self._curves)
        return f"Last values: {'; '.join(ends)}."

    def _grid(self, across: str) -> Iterator[str]:
        bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
        for tick in self._upward.ticks:
            y = self._y(tick)
            yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{right}"/>'
            yield f'<text class="tick up" x="{_LEFT - 6}" y="{y + 3.5:.1f}">{short(tick)}</text>'
        yield f'<path class="axis" d="M{_LEFT} {bottom}H{right}"/>'
        for tick in self._across.ticks:
            x = self._x(tick)
            yield f'<path class="axis" d="M{x:.1f} {bottom}v4"/>'
            yield f'<text class="tick" x="{x:.1f}" y="{bottom + 16}">{short(tick)}</text>'
        middle = (_LEFT + right) / 2
        yield f'<text class="label" x="{middle:.1f}" y="{_HEIGHT - 6}">{escape(across)}</text>'

    def _limit(self, limit: float) -> Iterator[str]:
        x = self._x(limit)
        side = " end" if self._across.part(limit) > 0.8 else ""
        yield f'<path class="limit" d="M{x:.1f} {_TOP - 4}V{_HEIGHT - _BOTTOM}"/>'
        yield f'<text class="limit-label{side}" x="{x:.1f}" y="{_TOP - 7}">equal cost</text>'

    def _line(self, curve: Curve) -> Iterator[str]:
        path = "".join(self._piece(piece) for piece in curve.pieces)
        classes = style_classes(curve.place)
        yield f'<path class="line {classes}" d="{path}"/>'
        for point in _dotted(curve):
            x, y = self._at(point)
            told = f"{curve.mark} {_name(curve)}: {point[1]:.4g} at {short(point[0])}"
            yield f'<circle class="{classes}" cx="{x:.1f}" cy="{y:.1f}" r="2.2">'
            yield f"<title>{escape(told)}</title></circle>"

    def _piece(self, piece: Sequence[Point]) -> str:
        """Return a path's commands; of points that fall on half a pixel the last one is drawn."""
        columns = {round(2 * self._x(x)): self._at((x, y)) for x, y in piece}
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in columns.values())

    def _letters(self) -> Iterator[str]:
        """Yield the letter at each line's end, or near it where another stands in the way."""
        for curve, (x, y) in self._places_of_letters():
            classes = f"letter c{curve.place % STYLES}"
            yield f'<text class="{classes}" x="{x + 6:.1f}" y="{y + 4:.1f}">{curve.mark}</text>'

    def _places_of_letters(self) -> list[tuple[Curve, Point]]:
        """Return where letters stand: moved down from each other, then up from below the frame."""
        ends = [(curve, self._at(_last(curve))) for curve in self._curves]
        ends.sort(key=lambda end: end[1][1])
        ends = _apart(ends, down=True, bound=0.0)
        return _apart(ends[::-1], down=False, bound=_HEIGHT - _BOTTOM - 4.0)

    def _at(self, point: Point) -> Point:
        return self._x(point[0]), self._y(point[1])

    def _x(self, value: float) -> float:
        return _LEFT + self._across.part(value) * (_WIDTH - _LEFT - _RIGHT)

    def _y(self, value: float) -> float:
        return _TOP + (1 - self._upward.part(value)) * (_HEIGHT - _TOP - _BOTTOM)


def _name(curve: Curve) -> str:
    return on_a_page(curve.name)


def _last(curve: Curve) -> Point:
    return curve.pieces[-1][-1]


def _dotted(curve: Curve) -> list[Point]:
    """Return the points to mark: all where there are few, else those that stand alone."""
    if len(curve.points) <= _MOST_DOTTED:
        return curve.points
    return [piece[0] for piece in curve.pieces if len(piece) == 1]


def _apart(
    ends: Sequence[tuple[Curve, Point]], *, down: bool, bound: float
) -> list[tuple[Curve, Point]]:
    """Return ends moved down, or up, so that each is clear of those before it and of a bound."""
    sign = 1 if down else -1
    placed: list[tuple[Curve, Point]] = []
    for curve, (x, y) in ends:
        near = [other for _, (at, other) in placed if abs(at - x) < _LINE]
        least = max([sign * bound, *(sign * other + _LINE for other in near)])
        placed.append((curve, (x, sign * max(sign * y, least))))
    return placed
