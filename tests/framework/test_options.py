"""Options: what listings show of them, how text becomes values, and what cannot be changed."""

import json
from pathlib import Path
from typing import Annotated, Literal, Optional

import pytest
from pydantic import Field, ValidationError

from textgen import Options, option
from textgen.errors import OptionError
from textgen.options import describe


class Everything(Options):
    size: int = option(3, "how large", unit="units", ge=1)
    share: float | None = option(None, "how much", unit="fraction")
    way: Literal["up", "down"] = option("up", "which way")
    places: tuple[str, ...] = option((), "where")
    name: str | None = option(None, "what it is called")
    layers: tuple[int, ...] | None = option(None, "sizes of the layers")
    betas: tuple[float, float] = option((0.9, 0.99), "decay of the averages")
    stops: list[str] = option(["."], "where to stop")
    widths: Optional[Annotated[list[Annotated[int, Field(ge=1)]], Field(max_length=3)]] = option(  # noqa: UP045 (authors write it)
        None, "sizes of the windows"
    )
    folder: Path = option(Path("a/b"), "where to look")
    either: tuple[int, ...] | str = option("all", "which ones")


TYPES = {
    "size": "int",
    "share": "float or none",
    "way": "up | down",
    "places": "str, …",
    "name": "str or none",
    "layers": "int, … or none",
    "betas": "float, float",
    "stops": "str, …",
    "widths": "int, … or none",
    "folder": "Path",
    "either": "int, … or str",
}


def test_a_listing_shows_types_defaults_units_and_help():
    rows = {row["name"]: row for row in describe(Everything)}
    assert rows["size"] == {
        "name": "size",
        "type": "int",
        "default": 3,
        "unit": "units",
        "help": "how large",
    }
    assert {name: row["type"] for name, row in rows.items()} == TYPES


def test_defaults_are_listed_as_plain_json_values():
    rows = describe(Everything)
    assert json.loads(json.dumps(rows)) == rows
    defaults = {row["name"]: row["default"] for row in rows}
    assert defaults["folder"] == str(Path("a/b"))
    assert (defaults["betas"], defaults["stops"]) == ([0.9, 0.99], ["."])


def parsed(**texts):
    return Everything.parse(texts, owner="model 'm'", help_command="textgen plugins show m")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("layers", "1,2", (1, 2)),
        ("layers", " 1 , 2, ", (1, 2)),
        ("layers", "None", None),
        ("betas", "0.5,0.6", (0.5, 0.6)),
        ("stops", "a, b", ["a", "b"]),
        ("stops", "", []),
        ("widths", "4", [4]),
        ("widths", "none", None),
        ("name", "none", "none"),
        ("name", "a,b", "a,b"),
        ("either", "1,2", "1,2"),
        ("folder", "c,d", Path("c,d")),
    ],
)
def test_text_becomes_the_value_that_the_listed_type_promises(name, text, value):
    assert getattr(parsed(**{name: text}), name) == value


@pytest.mark.parametrize(
    ("name", "text"), [("layers", "1,x"), ("widths", "0"), ("betas", "1"), ("stops", None)]
)
def test_an_item_that_breaks_its_rule_is_named(name, text):
    with pytest.raises(OptionError, match=rf"model 'm': {name}.*plugins show m"):
        parsed(**{name: text})


def test_options_do_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Everything().size = 4
