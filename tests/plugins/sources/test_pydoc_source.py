"""The source that needs neither network nor files."""

from __future__ import annotations

import platform
import sys

import pytest

from textgen import LocatorError, SourceError
from textgen_plugins.sources.options import PydocOptions
from textgen_plugins.sources.pydoc import open_corpus


def test_it_is_the_language_reference_and_always_the_same():
    corpus = open_corpus("topics", PydocOptions())
    assert corpus == open_corpus("", PydocOptions())
    assert len(corpus.text()) > 300_000
    assert 'The "assert" statement' in corpus.text()
    assert corpus.text().endswith("\n")


def test_provenance_names_the_python_and_its_licence():
    told = open_corpus("topics", PydocOptions()).provenance
    assert told.locator == "pydoc:topics"
    assert platform.python_version() in told.origin
    assert "Python Software Foundation" in told.licence


@pytest.mark.parametrize("locator", ["topic", ":topics"])
def test_another_locator_is_wrong_usage_and_names_the_one_there_is(locator):
    with pytest.raises(LocatorError, match=r"^pydoc: .*did you mean 'topics'"):
        open_corpus(locator, PydocOptions())


def test_a_python_without_the_topics_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(SourceError, match="installed without its pydoc_data"):
        open_corpus("topics", PydocOptions())
