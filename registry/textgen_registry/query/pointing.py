"""Errors that show a place in a text.

Knows nothing of what the text means.
"""

from __future__ import annotations

import unicodedata
from typing import TypeVar

from textgen.errors import UsageError

Error = TypeVar("Error", bound=UsageError)

_MARK = "\N{REPLACEMENT CHARACTER}"
_BEFORE = 50
_AFTER = 25


def pointed(error: type[Error], text: str, place: int, what: str) -> Error:
    """Return an error that says ``what`` is wrong, and shows where.

    Args:
        error: Its class.
        text: What was written, of which the neighbourhood of the place is shown.
        place: Index of a character of ``text``, or its length.
        what: The rule that is broken.
    """
    start, end = max(0, place - _BEFORE), place + _AFTER
    cut = "…" if start else ""
    before = cut + _on_one_line(text[start:place])
    after = _on_one_line(text[place:end]) + ("…" if end < len(text) else "")
    return error(f"where: {what}\n  {before}{after}\n  {' ' * _cells(before)}^")


def _on_one_line(text: str) -> str:
    """Return text with a mark for each character that would move the cursor."""
    return "".join(letter if letter.isprintable() else _MARK for letter in text)


def _cells(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    return sum(map(_width, text))


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
