"""How a recorded value looks in one cell of a page, whatever page that is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from textgen.cli.display import figure

# What steers a terminal or turns the direction of a line, and what no encoding holds.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(value: object) -> object:
    """Return a list as one line, None for an empty one; any other value as it is."""
    if isinstance(value, list | tuple):
        return "; ".join(_item(item) for item in value) or None
    return value


def visible(text: str) -> str:
    """Return text with � for each character that no page can show; lines and tabs stay."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _item(item: object) -> str:
    if isinstance(item, Mapping):
        return ", ".join(f"{key} {figure(value)}" for key, value in item.items())
    return str(item)
