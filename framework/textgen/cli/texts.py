"""Recorded text as a terminal or a page may show it: what would steer either is made visible."""

from __future__ import annotations

import re

# What steers a terminal or turns the direction of a line, and what no encoding holds.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_HARMLESS = "\n\t\u200c\u200d"  # joiners hold characters together, in some scripts and in emoji


def one_line(text: str) -> str:
    """Return text with escapes for line breaks and for all that steers a terminal."""
    return text if text.isprintable() else "".join(map(_escaped, text))


def in_lines(text: str) -> str:
    """Return lines of text with escapes for all else that a terminal would obey, or not show."""
    if text.isprintable():
        return text
    return "".join(letter if letter in _HARMLESS else _escaped(letter) for letter in text)


def on_a_page(text: str) -> str:
    """Return text with � for each character that no page can show; lines and tabs stay."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
