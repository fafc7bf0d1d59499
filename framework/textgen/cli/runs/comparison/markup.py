"""Text made safe to stand in a page, and the few elements that pages of runs share."""

from __future__ import annotations

from html import escape

from textgen.cli.runs.comparison.curves import MARKS
from textgen.cli.runs.comparison.svg_chart import STYLES
from textgen.cli.texts import on_a_page

Markup = str
"""What may stand in a page as it is; anything else passes `safe` first."""


def safe(text: object) -> Markup:
    """Return text that means itself, between tags and in a quoted attribute alike."""
    return escape(on_a_page(str(text)), quote=True)


def element(tag: str, text: object, *, classes: str = "") -> Markup:
    """Return an element around text, whose direction it keeps to itself."""
    attributes = f' class="{classes}"' if classes else ""
    return f'<{tag}{attributes} dir="auto">{safe(text)}</{tag}>'


def mark(place: int) -> Markup:
    """Return the letter of a run, in the colour of its line."""
    return f'<span class="mark c{place % STYLES}">{MARKS[place]}</span>'
