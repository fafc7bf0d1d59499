"""An error that nobody foresaw is told as the part's in whose code it arose, with its place."""

import dataclasses
import sys

import pytest

from textgen.blame import told
from textgen.chosen import Choice
from textgen.components import Component, Kind
from textgen.errors import PluginError, SourceError
from textgen.options import Options
from textgen.plugins.provided import Provided, Provider

CODE = """
def fail():
    raise KeyError("embed")

def fail_for_a_reason():
    try:
        fail()
    except KeyError as error:
        raise ValueError("no table") from error
"""


@pytest.fixture
def loud(tmp_path, monkeypatch):
    """A module whose functions fail."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "loud_tokens.py").write_text(CODE)
    sys.modules.pop("loud_tokens", None)
    import loud_tokens

    return loud_tokens


@pytest.fixture
def settings(settings_for, loud):
    """Settings whose tokenizer is that module's."""
    component = Component("loud", "a tokenizer that fails", factory="loud_tokens:fail")
    provided = Provided(Kind.TOKENIZER, component, Provider("loud", "textgen-loud", "3.2"))
    settings = settings_for()
    choice = Choice("loud", "", provided, Options())
    return dataclasses.replace(settings, parts={**settings.parts, Kind.TOKENIZER: choice})


def test_the_part_is_named_whose_code_it_was_whoever_was_at_work(settings, loud):
    with (
        pytest.raises(PluginError) as error,
        settings.blaming(Kind.SAMPLER, "writing a sample"),
    ):
        loud.fail()
    for part in [
        "tokenizer 'loud' of textgen-loud 3.2: writing a sample failed: KeyError: 'embed' (",
        "loud_tokens.py:3)",
    ]:
        assert part in str(error.value)


def test_where_the_place_tells_nothing_the_part_at_work_is_named(settings):
    with (
        pytest.raises(PluginError, match=r"model 'lstm-stacked' of .*: training failed: ValueErr"),
        settings.blaming(Kind.MODEL, "training"),
    ):
        raise ValueError("here")


def test_what_was_raised_on_purpose_passes(settings):
    with (
        pytest.raises(SourceError, match=r"^no such book$"),
        settings.blaming(Kind.MODEL, "training"),
    ):
        raise SourceError("no such book")


def test_the_place_is_that_of_the_last_cause(loud):
    with pytest.raises(ValueError, match="no table") as error:
        loud.fail_for_a_reason()
    assert told(error.value, "loud_tokens").startswith("ValueError: no table (")
    assert told(error.value, "loud_tokens").endswith("loud_tokens.py:3)")
    assert told(error.value, "another") == "ValueError: no table"
