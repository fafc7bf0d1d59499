"""How a recorded value looks in one cell of a page, whatever page that is."""

from __future__ import annotations

from collections.abc import Mapping

from textgen.cli.display import figure


def shown(value: object) -> object:
    """Return a list as one line, None for an empty one; any other value as it is."""
    if isinstance(value, list | tuple):
        return "; ".join(_item(item) for item in value) or None
    return value


def _item(item: object) -> str:
    if isinstance(item, Mapping):
        return ", ".join(f"{key} {figure(value)}" for key, value in item.items())
    return str(item)
