"""A source's shelf: announced by a string, made with the options, caught where it is none."""

import sys
from dataclasses import replace
from types import ModuleType

import pytest

from textgen import Component, LocatorError, Options, PluginError, ShelfItem
from textgen.chosen import Choice
from textgen.components import Kind
from textgen.plugins.provided import Provided, Provider
from textgen.testing import Subject, check

ITEM = ShelfItem("odd:rhyme", "A Rhyme", 12, "2026-01-02T03:04:05+00:00", "https://example.org")


class RhymeShelf:
    """Keeps one rhyme."""

    items = (ITEM,)

    def __init__(self, options):
        self.options = options

    def held(self, locator=None):
        if locator not in {None, "rhyme"}:
            raise LocatorError("odd: there is only odd:rhyme")
        return list(self.items)

    def catalogue(self):
        return None

    def search(self, words, language, watch):
        return []

    def fetch(self, locator, *, again, watch):
        return []

    def take_in(self, path, locator=None):
        return ITEM

    def clear(self, items):
        pass


def shelf_with(*items):
    return type("OddShelf", (RhymeShelf,), {"items": items})


class Careless(RhymeShelf):
    def held(self, locator=None):
        return [ITEM]


def refuse(locator, options):
    raise LocatorError("odd: nothing can be opened")


@pytest.fixture
def provided(monkeypatch):
    """Makes a source as its plugin would announce it, whose shelf is what is given."""

    def make(shelf):
        module = ModuleType("made_up_shelf")
        module.build, module.shelf = refuse, shelf
        monkeypatch.setitem(sys.modules, "made_up_shelf", module)
        place = None if shelf is None else "made_up_shelf:shelf"
        component = Component("odd", "odd", "made_up_shelf:build", shelf=place)
        return Provided(Kind.SOURCE, component, Provider("odd", "textgen-odd", "3.2"))

    return make


def choice_of(provided):
    return Choice("odd:rhyme", "rhyme", provided, Options())


@pytest.mark.parametrize("place", ["", "a.b", max, "a b:c"])
def test_a_shelf_is_named_by_module_and_function(place):
    with pytest.raises(PluginError, match=r"^component 'odd': shelf=.*module:function"):
        Component("odd", "odd", "a:b", shelf=place)


def test_a_source_needs_no_shelf(provided):
    assert choice_of(provided(None)).shelf() is None


def test_a_shelf_is_made_with_the_options(provided):
    choice = choice_of(provided(RhymeShelf))
    assert choice.shelf().options is choice.options


@pytest.mark.parametrize(
    ("shelf", "told"),
    [
        (lambda options: {}, "its shelf is a dict, no textgen.Shelf"),
        (lambda options: {}["x"], "its shelf failed: KeyError: 'x'"),
    ],
)
def test_what_makes_no_shelf_is_the_plugins_fault(provided, shelf, told):
    with pytest.raises(PluginError) as caught:
        choice_of(provided(shelf)).shelf()
    assert f"source 'odd' of textgen-odd 3.2: {told}" in str(caught.value)


def test_a_shelf_that_cannot_be_imported_is_told(provided, monkeypatch):
    choice = choice_of(provided(RhymeShelf))
    monkeypatch.delattr("made_up_shelf.shelf")
    with pytest.raises(PluginError, match="its shelf 'made_up_shelf:shelf' cannot be imported"):
        choice.shelf()


@pytest.mark.parametrize(
    ("shelf", "state", "told"),
    [
        (None, "kept", ""),
        (RhymeShelf, "kept", ""),
        (dict, "broken", "no textgen.Shelf"),
        (shelf_with("rhyme"), "broken", "holds a str"),
        (shelf_with(replace(ITEM, locator="even:rhyme")), "broken", "does not begin with odd:"),
        (shelf_with(replace(ITEM, size=0)), "broken", "takes 0 bytes"),
        (shelf_with(replace(ITEM, state="fine")), "broken", "'fine'"),
        (shelf_with(replace(ITEM, title=b"x")), "broken", "what JSON cannot"),
        (Careless, "broken", "something is kept under"),
    ],
)
def test_the_kit_tries_the_shelf(provided, shelf, state, told):
    *_, outcome = check(Subject(provided(shelf), Options()))
    assert (outcome.rule.name, outcome.state) == ("shelf", state)
    assert told in outcome.message
