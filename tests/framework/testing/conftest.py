"""Tries parts that no plugin provides, so that tests can make wrong ones."""

import sys
from types import ModuleType

import pytest

from textgen import Component, Options
from textgen.components import Kind
from textgen.plugins.provided import Provided, Provider
from textgen.testing import Subject, check


@pytest.fixture
def subject_made_by(monkeypatch):
    """Makes a subject of a factory, or of where it can be imported, as if a plugin provided it."""

    def make(kind, factory, options=Options, *, locator=None, aliases=None, **values):
        if not isinstance(factory, str):
            module = ModuleType("made_up_part")
            module.build, factory = factory, "made_up_part:build"
            monkeypatch.setitem(sys.modules, "made_up_part", module)
        component = Component("odd", "odd", factory, options, aliases or {})
        provided = Provided(Kind(kind), component, Provider("odd", "textgen-odd", "3.2"))
        return Subject(provided, options(**values), locator)

    return make


@pytest.fixture
def broken_rules(subject_made_by):
    """Returns the names of the rules that a part breaks, and what is told of each."""

    def names(*arguments, **more):
        outcomes = check(subject_made_by(*arguments, **more))
        return {item.rule.name: item.message for item in outcomes if item.state == "broken"}

    return names
