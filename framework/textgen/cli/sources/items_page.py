"""How what a source keeps is shown: a row for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textgen.cli.display import print_table
from textgen.units import bytes_text

if TYPE_CHECKING:
    from textgen.shelf import ShelfItem

_STATES = {"whole": "", "damaged": "damaged", "half": "half"}


def print_items(items: Sequence[ShelfItem]) -> None:
    """Print a table of what is kept; the column ``state`` is there where anything is not whole."""
    columns = ["locator", "title", "size", "as of", "state", "from"]
    rows = [
        [
            item.locator,
            item.title or None,
            bytes_text(item.size),
            day(item.as_of) or None,
            _STATES.get(item.state, item.state),
            item.origin or None,
        ]
        for item in items
    ]
    if all(item.state == "whole" for item in items):
        columns.remove("state")
        rows = [[*row[:4], row[5]] for row in rows]
    whole = ["locator", "size", "as of", "state"]
    print_table(columns, rows, right=["size"], whole=whole, spare=["from"])


def day(iso: str) -> str:
    """Return the day of a time, where the user is; text that is no time as it is."""
    try:
        return datetime.fromisoformat(iso).astimezone().date().isoformat()
    except (ValueError, OverflowError):
        return iso
