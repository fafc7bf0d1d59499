"""Options: what listings show of them, and what cannot be changed."""

from typing import Literal

import pytest
from pydantic import ValidationError

from textgen import Options, option
from textgen.options import describe


class Everything(Options):
    size: int = option(3, "how large", unit="units", ge=1)
    share: float | None = option(None, "how much", unit="fraction")
    way: Literal["up", "down"] = option("up", "which way")
    places: tuple[str, ...] = option((), "where")
    name: str | None = option(None, "what it is called")


def test_a_listing_shows_types_defaults_units_and_help():
    rows = {row["name"]: row for row in describe(Everything)}
    assert rows["size"] == {
        "name": "size",
        "type": "int",
        "default": 3,
        "unit": "units",
        "help": "how large",
    }
    types = [row["type"] for row in rows.values()]
    assert types == ["int", "float or none", "up | down", "str, …", "str or none"]


def test_options_do_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Everything().size = 4
