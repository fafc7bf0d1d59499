"""Discovery: one broken plugin costs nobody else anything; one name has one provider."""

import sys
import textwrap
import types
from importlib.metadata import EntryPoint
from pathlib import Path

import pluggy
import pytest

from textgen.components import Kind
from textgen.errors import PluginError, UnknownNameError
from textgen.plugins import Plugins, load_plugins

GOOD = """
from textgen import Component, hookimpl

@hookimpl
def textgen_models():
    yield Component("mine", summary="a model", factory="nowhere:build")
"""
BROKEN = {
    "import error": "import no_such_module_anywhere",
    "misspelt hook": GOOD.replace("textgen_models", "textgen_modles"),
    "unknown argument": GOOD.replace("def textgen_models()", "def textgen_models(colour)"),
    "no component": GOOD.replace(
        'yield Component("mine", summary="a model", factory="nowhere:build")', "yield 3"
    ),
    "exits at import": "import sys; sys.exit(3)",
    "raises what nobody catches": "class Odd(BaseException): ...\nraise Odd('no')",
    "syntax error": "def textgen_models(:",
    "half way": GOOD + "    raise RuntimeError('no more')",
    "two of one name": GOOD.replace("    yield", "    for _ in range(2): yield"),
    "raises in its hook": GOOD.replace("yield", "raise ValueError('no'); yield"),
}


@pytest.fixture
def point_to(tmp_path, monkeypatch):
    """Makes an entry point of a module with the given code."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name, code):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(code))
        sys.modules.pop(name, None)
        return EntryPoint(name, name, "textgen")

    return make


def test_the_built_in_parts_come_through_the_entry_point():
    names = {(item.kind.value, item.component.name) for item in load_plugins().components()}
    assert {
        ("source", "gutenberg"),
        ("source", "file"),
        ("source", "pydoc"),
        ("tokenizer", "char"),
        ("model", "lstm-single"),
        ("model", "lstm-stacked"),
        ("sampler", "stateful"),
        ("sampler", "sliding-window"),
    } <= names


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_plugin_is_set_aside_alone(point_to, fault):
    plugins = Plugins([point_to("broken_one", BROKEN[fault]), point_to("good_one", GOOD)])
    assert [failure.provider.plugin for failure in plugins.failures] == ["broken_one"]
    assert [item.component.name for item in plugins.components(Kind.MODEL)] == ["mine"]


def test_a_plugin_that_was_set_aside_hears_no_events(point_to):
    code = BROKEN["misspelt hook"] + textwrap.dedent(
        """
        @hookimpl
        def textgen_metrics(event):
            raise AssertionError("heard")
        """
    )
    plugins = Plugins([point_to("broken_two", code)])
    plugins.manager.hook.textgen_metrics(event=None)
    assert plugins.failures


YIELDS = 'yield Component("mine", summary="a model", factory="nowhere:build")'


@pytest.mark.parametrize(
    ("instead", "told"),
    [(YIELDS.replace("yield", "return"), "returned one Component"), (YIELDS[6:], "returned None")],
)
def test_a_hook_that_does_not_yield_is_told_what_to_write(point_to, instead, told):
    plugins = Plugins([point_to("broken_three", GOOD.replace(YIELDS, instead))])
    (failure,) = plugins.failures
    assert failure.cause.startswith(f"textgen_models {told}")
    assert "write 'yield Component(…)'" in failure.cause


def test_a_hook_may_return_a_list(point_to):
    returns = YIELDS.replace("yield ", "return [") + "]"
    plugins = Plugins([point_to("listing_one", GOOD.replace(YIELDS, returns))])
    assert plugins.find(Kind.MODEL, "mine")


def test_a_component_that_breaks_a_rule_is_told_in_its_own_words(point_to):
    plugins = Plugins([point_to("broken_four", GOOD.replace('"mine"', '"my model"'))])
    (failure,) = plugins.failures
    assert failure.cause.startswith("component 'my model': a name is")


def test_a_module_of_two_entry_points_counts_once_and_hears_each_event_once(point_to):
    code = GOOD + textwrap.dedent(
        """
        heard = []

        @hookimpl
        def textgen_metrics(event):
            heard.append(event)
        """
    )
    first = point_to("twice_named", code)
    second = EntryPoint("other", first.value, first.group)
    plugins = Plugins([first, second])
    assert plugins.find(Kind.MODEL, "mine").provider.plugin == "twice_named"
    (failure,) = plugins.failures
    assert failure.provider.plugin == "other"
    for part in ["'twice_named'", "registered already, as unknown:twice_named", "Remove one"]:
        assert part in failure.cause
    plugins.manager.hook.textgen_metrics(event=3)
    assert sys.modules["twice_named"].heard == [3]


DEFAULTS = """
    from textgen import Recipe, hookimpl

    @hookimpl
    def textgen_recipes():
        yield Recipe("{name}", summary="of mine", settings={{"seed": 3}})
    """


def test_two_providers_of_one_recipe_are_both_named(point_to):
    code = DEFAULTS.format(name="quick")
    plugins = Plugins([point_to("third_one", code), point_to("fourth_one", code)])
    with pytest.raises(PluginError, match=r"recipe 'quick' is provided by .* and "):
        plugins.recipe("quick")


def test_defaults_have_one_provider_and_a_second_one_is_set_aside(point_to):
    """Or else installing a package would stop every run."""
    code = DEFAULTS.format(name="default")
    first, second = point_to("first_defaults", code), point_to("second_defaults", code)
    plugins = Plugins([first, second])
    (failure,) = plugins.failures
    assert failure.provider.plugin == "second_defaults"
    assert "'default' is that of plugin 'first_defaults'" in failure.cause
    assert plugins.recipe("default").settings == {"seed": 3}


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("@hookimpl\ndef", "def", "textgen_models is there and is no hook"),
        ("def textgen_models():", "class textgen_models:\n  def at(self):", "is no hook"),
        ("def textgen_models", "async def textgen_models", "textgen_models is asynchronous"),
        ("textgen_models", "textgen_modles", "no hook 'textgen_modles': did you mean 'textgen_mod"),
        ("models()", "models(colour)", "textgen_models cannot take 'colour': it takes nothing"),
    ],
)
def test_a_mistake_that_would_be_silent_is_told(point_to, written, instead, told):
    code = GOOD.replace(written, instead)
    assert code != GOOD
    (failure,) = Plugins([point_to("silent_one", code)]).failures
    assert told in failure.cause


def test_an_error_is_told_with_its_place(point_to):
    """In the hook, and where Python could not even read the file."""
    raising, unreadable = BROKEN["raises in its hook"], BROKEN["syntax error"]
    plugins = Plugins([point_to("raising_one", raising), point_to("unreadable_one", unreadable)])
    raised, misread = (failure.cause for failure in plugins.failures)
    assert raised.startswith("ValueError: no (")
    assert raised.endswith("raising_one.py:6)")
    assert misread.endswith("unreadable_one.py:1)")


def test_what_a_plugin_does_to_the_process_is_put_back(point_to, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = "import os, sys\nos.chdir('/')\nsys.setrecursionlimit(54321)\nsys.stderr = None\n" + GOOD
    before = sys.getrecursionlimit(), sys.stderr, sys.stdout
    assert Plugins([point_to("meddling_one", code)]).failures == []
    assert (sys.getrecursionlimit(), sys.stderr, sys.stdout) == before
    assert Path.cwd() == tmp_path


def test_plugins_load_in_a_folder_that_has_been_deleted(point_to, tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    good, bad = point_to("good_two", GOOD), point_to("bad_two", "raise ValueError('no')")
    (failure,) = Plugins([good, bad]).failures
    assert failure.provider.plugin == "bad_two"


def test_an_unknown_name_lists_the_nearest_and_where_all_are_listed():
    plugins = load_plugins()
    with pytest.raises(UnknownNameError, match=r"did you mean 'lstm-single'.*textgen plugins list"):
        plugins.find(Kind.MODEL, "lstm-singel")
    with pytest.raises(UnknownNameError, match=r"did you mean 'tutorial'.*textgen plugins list"):
        plugins.recipe("tutoral")


def test_a_factory_that_is_not_there_names_itself(point_to):
    plugins = Plugins([point_to("lazy_one", GOOD)])
    with pytest.raises(PluginError, match="nowhere:build"):
        plugins.find(Kind.MODEL, "mine").component.load()


@pytest.mark.parametrize("version", ["1.0", "1", "'1.0'"])
def test_a_plugin_may_say_which_contract_it_was_written_for(point_to, version):
    plugins = Plugins([point_to("dated_one", GOOD + f"\ntextgen_contract = {version}\n")])
    assert plugins.failures == []


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("1.99", "Update textgen-framework"),
        ("2.0", "Update textgen-framework"),
        ("0.9", "Update this plugin"),
        ("new", "must be a version"),
    ],
)
def test_a_plugin_of_another_contract_is_set_aside(point_to, version, told):
    plugins = Plugins([point_to("dated_two", GOOD + f"\ntextgen_contract = {version!r}\n")])
    (failure,) = plugins.failures
    assert told in failure.cause
    assert version in failure.cause


def later_contract():
    """A contract in which a hook and an argument are on their way out."""
    spec = pluggy.HookspecMarker("textgen")
    contract = types.ModuleType("later_contract")

    @spec(warn_on_impl=DeprecationWarning("textgen_heard is deprecated: write textgen_metrics"))
    def textgen_heard(event): ...

    @spec(warn_on_impl_args={"colour": DeprecationWarning("colour is deprecated: leave it out")})
    def textgen_seen(event, colour): ...

    contract.textgen_heard, contract.textgen_seen = textgen_heard, textgen_seen
    return contract


@pytest.mark.parametrize(
    ("implemented", "told"),
    [
        ("textgen_heard(event)", ["textgen_heard is deprecated: write textgen_metrics"]),
        ("textgen_seen(event, colour)", ["colour is deprecated: leave it out"]),
        ("textgen_seen(event)", []),
    ],
)
def test_what_is_deprecated_works_and_says_what_to_write_instead(point_to, implemented, told):
    code = f"from textgen import hookimpl\n@hookimpl\ndef {implemented}: ...\n"
    (plugin,) = Plugins([point_to("old_one", code)], specs=later_contract()).installed
    assert (plugin.state, list(plugin.warnings)) == ("loaded", told)


def test_what_a_plugin_prints_at_import_stays_off_stdout(point_to, capsys):
    plugins = Plugins([point_to("talking_one", "print('welcome')" + GOOD)])
    assert plugins.failures == []
    assert capsys.readouterr() == ("", "welcome\n")


def test_a_plugin_tells_what_it_is(point_to):
    (plugin,) = Plugins([point_to("whole_one", GOOD)]).installed
    assert plugin.hooks == ("textgen_models",)
    assert plugin.path.endswith("whole_one.py")
    assert [str(part.kind) for part in plugin.parts] == ["model"]
