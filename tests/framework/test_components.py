"""What a plugin says of its parts is checked at once; code that cannot be imported is told."""

import re
import sys

import pytest
from pydantic import Field

from textgen import Component, Options, PluginError, Recipe, option

GOOD = {"name": "gru-2.1_b", "summary": "one GRU layer", "factory": "textgen_gru.model:GRU"}


class GRUOptions(Options):
    """Nothing can be set."""


@pytest.mark.parametrize(
    "name", ["", "a b", "a\tb", "a:b", "a/b", "a=b", "a\n", "--a", "a\x1b[31m", "a\u200b", 3, None]
)
def test_a_name_that_cannot_be_typed_is_refused(name):
    shown = re.escape(repr(name))
    with pytest.raises(PluginError, match=f"^component {shown}: a name is"):
        Component(**{**GOOD, "name": name})
    with pytest.raises(PluginError, match=f"^recipe {shown}: a name is"):
        Recipe(name, summary="good", settings={})


@pytest.mark.parametrize("summary", ["", " ", "one\ntwo", "one\n", None])
def test_a_summary_of_no_line_or_of_two_is_refused(summary):
    with pytest.raises(PluginError, match=r"^component 'gru-2\.1_b': summary=.* one line"):
        Component(**{**GOOD, "summary": summary})
    with pytest.raises(PluginError, match=r"^recipe 'r': summary=.* one line"):
        Recipe("r", summary=summary, settings={})


@pytest.mark.parametrize("options", [GRUOptions(), dict, None, "GRUOptions"])
def test_options_are_a_class_of_options(options):
    with pytest.raises(PluginError, match=r"^component 'gru-2\.1_b': options=.* textgen\.Options"):
        Component(**GOOD, options=options)
    assert Component(**GOOD, options=GRUOptions).options is GRUOptions


class Wordy(Options):
    hidden_size: int = option("many", "size of the hidden state")


class Demanding(Options):
    hidden_size: int = Field(description="size of the hidden state")


@pytest.mark.parametrize("options", [Wordy, Demanding])
def test_options_can_be_left_alone(options):
    with pytest.raises(PluginError, match=r"'gru-2\.1_b': hidden_size.*needs a default"):
        Component(**GOOD, options=options)


@pytest.mark.parametrize("factory", ["", "a.b", ":f", "a:", "a:b:c", "a b:c", "a.:c", ".a:c", max])
def test_a_factory_is_named_by_module_and_function(factory):
    with pytest.raises(PluginError, match=r"^component 'gru-2\.1_b': factory=.*module:function"):
        Component(**{**GOOD, "factory": factory})


@pytest.mark.parametrize("aliases", [None, ["alice"], {"alice": 11}, {11: "alice"}])
def test_aliases_map_text_to_text(aliases):
    with pytest.raises(PluginError, match=r"^component 'gru-2\.1_b': aliases=.*text to text"):
        Component(**GOOD, aliases=aliases)
    assert Component(**GOOD, aliases={"alice": "11"}).aliases == {"alice": "11"}


@pytest.mark.parametrize("value", [None, len, [None], {"deeper": object()}])
def test_a_recipe_holds_only_what_a_file_of_settings_can(value):
    with pytest.raises(PluginError, match=r"^recipe 'r': its setting training.epochs"):
        Recipe("r", summary="good", settings={"training": {"epochs": value}})


def test_the_settings_of_a_recipe_are_a_mapping():
    with pytest.raises(PluginError, match=r"^recipe 'r': settings="):
        Recipe("r", summary="good", settings=[("seed", 3)])


@pytest.fixture
def component_in(tmp_path, monkeypatch):
    """Makes a component whose factory's module has the given code."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(code):
        (tmp_path / "its_module.py").write_text(code)
        sys.modules.pop("its_module", None)
        return Component("gru", summary="one GRU layer", factory="its_module:build")

    return make


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise RuntimeError('no\\nGPU')", "RuntimeError: no GPU"),
        ("raise ValueError('odd')", "ValueError: odd"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("def build(:", "SyntaxError"),
        ("unbuild = 1", "AttributeError"),
    ],
)
def test_whatever_happens_at_import_is_told_with_the_parts_name(component_in, code, cause):
    with pytest.raises(PluginError) as caught:
        component_in(code).load()
    message = str(caught.value)
    assert message.startswith("component 'gru': its factory 'its_module:build' cannot be imported")
    assert cause in message
    assert "\n" not in message


def test_an_interruption_is_no_fault_of_the_part(component_in):
    with pytest.raises(KeyboardInterrupt):
        component_in("raise KeyboardInterrupt").load()
