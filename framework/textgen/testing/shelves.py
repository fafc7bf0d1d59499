"""Rules of a source's shelf: what `textgen.Shelf` promises, tried without fetching or changing."""

from __future__ import annotations

import json

from textgen.errors import SourceError
from textgen.shelf import Shelf, ShelfItem
from textgen.testing.rules import BrokenRule, NotApplicable, RuleBook, require
from textgen.testing.sources import IMPOSSIBLE, quoted
from textgen.testing.subjects import Subject

RULES = RuleBook()


@RULES
def shelf_lists(subject: Subject) -> None:
    """Its shelf lists what it keeps, twice the same, each item found by its locator."""
    shelf = _shelf(subject)
    items = list(shelf.held())
    for item in items:
        _check_item(item)
        name, _, rest = item.locator.partition(":")
        require(name == subject.name, f"{item.locator!r} does not begin with {subject.name}:")
        require(item in shelf.held(rest), f"held({rest!r}) lacks what held() calls so")
    require(list(shelf.held()) == items, "listed a second time, other things are kept")


@RULES
def shelf_refuses_bad_locators(subject: Subject) -> None:
    """Its shelf keeps nothing under a locator that can name nothing."""
    shelf = _shelf(subject)
    for locator in IMPOSSIBLE:
        try:
            items = shelf.held(locator)
        except SourceError:
            continue
        require(not items, f"something is kept under the locator {quoted(locator)}")


def _shelf(subject: Subject) -> Shelf:
    load = subject.provided.component.load_shelf()
    if load is None:
        raise NotApplicable("it has no shelf")
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
