"""Rules of a source's shelf: what `textgen.Shelf` promises, tried without fetching or changing."""

from __future__ import annotations

import json
from collections.abc import Sequence

from textgen.errors import SourceError
from textgen.shelf import Shelf, ShelfItem
from textgen.testing.rules import BrokenRule, RuleBook, require
from textgen.testing.sources import IMPOSSIBLE, quoted
from textgen.testing.subjects import Subject

RULES = RuleBook()


@RULES
def shelf(subject: Subject) -> None:
    """Its shelf, if it has one, lists what it keeps by locators, and nothing under bad ones."""
    made = _shelf(subject)
    if made is None:
        return
    items = list(made.held())
    for item in items:
        _check_item(item)
        name, _, rest = item.locator.partition(":")
        require(name == subject.name, f"{item.locator!r} does not begin with {subject.name}:")
        require(item in made.held(rest), f"held({rest!r}) lacks what held() calls so")
    require(list(made.held()) == items, "listed a second time, other things are kept")
    for locator in IMPOSSIBLE:
        require(not _held(made, locator), f"something is kept under {quoted(locator)}")


def _held(shelf: Shelf, locator: str) -> Sequence[ShelfItem]:
    try:
        return shelf.held(locator)
    except SourceError:
        return ()


def _shelf(subject: Subject) -> Shelf | None:
    load = subject.provided.component.load_shelf()
    if load is None:
        return None
    shelf = load(subject.options)
    if not isinstance(shelf, Shelf):
        raise BrokenRule(f"its shelf is a {type(shelf).__name__}, no textgen.Shelf")
    return shelf


def _check_item(item: object) -> None:
    require(isinstance(item, ShelfItem), f"it holds a {type(item).__name__}, no textgen.ShelfItem")
    assert isinstance(item, ShelfItem)
    require(item.size > 0, f"{item.locator!r} takes {item.size} bytes")
    require(item.state in {"whole", "damaged", "half"}, f"an item is {item.state!r}")
    try:
        json.dumps(item.as_dict(), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BrokenRule(f"{item.locator!r} holds what JSON cannot ({error})") from error
