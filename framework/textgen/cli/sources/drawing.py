"""Bars and strips made of block characters; what they mean is the page's business."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from textgen.cli.display import make_console, print_line

WIDEST = 100
_LONGEST_BAR = 50
_OUTLIERS = 30  # one of so many values may be one
_LEVELS = " ▁▂▃▄▅▆▇█"


def page_width() -> int:
    """Return how wide a drawing may be."""
    return min(make_console().width, WIDEST)


def print_bars(rows: Sequence[tuple[str, float, str]]) -> None:
    """Print a bar for each of some amounts.

    Args:
        rows: What it is, the amount, and the amount in words.
    """
    names = max((cell_len(name) for name, _, _ in rows), default=0)
    words = max((len(word) for _, _, word in rows), default=0)
    room = max(1, min(page_width() - names - words - 4, _LONGEST_BAR))
    most = max((amount for _, amount, _ in rows), default=0) or 1
    for name, amount, word in rows:
        bar = "█" * round(room * amount / most) or ("▁" if amount else "")
        print_line(f"{name}{' ' * (names - cell_len(name))}  {word:>{words}}  {bar}".rstrip())


def print_strip(values: Sequence[float]) -> None:
    """Print one character for each value, as high as the value is; nothing is blank.

    A few values far above all others are as high as the next ones, which would vanish otherwise.
    """
    highest = sorted(values)[-1 - len(values) // _OUTLIERS :][0] or max(values)
    print_line("".join(_LEVELS[_level(value, highest)] for value in values))


def _level(value: float, highest: float) -> int:
    if value <= 0:
        return 0
    return min(len(_LEVELS) - 1, max(1, round(value / highest * (len(_LEVELS) - 1))))
