"""Which plugins are imported, and whose part is meant: what users say of it, and what follows."""

import sys
import textwrap
from importlib.metadata import Distribution, EntryPoint

import pytest

from textgen.components import Kind
from textgen.errors import PluginError, UnknownNameError
from textgen.plugins import Plugins, load_plugins
from textgen.plugins.choice import PluginChoice

CODE = """
from textgen import Component, KnownPart, Recipe, hookimpl

@hookimpl
def textgen_models():
    yield Component("net", summary="of {package}", factory="{module}:build")

@hookimpl
def textgen_recipes():
    yield Recipe("quick", summary="of {package}", settings={{"model": "net", "tokenizer": "char"}})
    yield Recipe("long", summary="of {package}", settings={{"model": {{"use": "net", "size": 3}}}})

@hookimpl
def textgen_known_parts():
    yield KnownPart("sampler", "beam", package="textgen-beam", install="pip install textgen-beam")
"""


class Package(Distribution):
    """An installed distribution, as far as discovery looks at one."""

    def __init__(self, name, folder):
        self._name, self._folder = name, folder

    def read_text(self, filename):
        return f"Metadata-Version: 2.1\nName: {self._name}\nVersion: 1.5\n"

    def locate_file(self, path):
        return self._folder / path


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Makes the entry point ``net`` of a package whose plugin has a model and two recipes."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name, code=CODE):
        module = name.replace("-", "_")
        text = textwrap.dedent(code).format(package=name, module=module)
        (tmp_path / f"{module}.py").write_text(text)
        sys.modules.pop(module, None)
        return EntryPoint("net", module, "textgen")._for(Package(name, tmp_path))

    return make


@pytest.fixture
def two(package):
    """Two packages that claim the same names."""
    return [package("textgen-one"), package("textgen-two")]


def owner(plugins, name):
    return plugins.find(Kind.MODEL, name).provider.package


def test_a_clash_names_both_packages_and_how_to_choose(two):
    with pytest.raises(PluginError) as refused:
        Plugins(two).find(Kind.MODEL, "net")
    for part in [
        "model 'net' is provided by textgen-one 1.5 and textgen-two 1.5",
        "textgen-one/net",
        "--plugin-prefer textgen-one",
    ]:
        assert part in str(refused.value)


@pytest.mark.parametrize("spelt", ["textgen-two", "Textgen_Two"])
def test_package_and_name_always_work(two, spelt):
    assert owner(Plugins(two), f"{spelt}/net") == "textgen-two"
    assert owner(Plugins(two[1:]), f"{spelt}/net") == "textgen-two"


def test_a_package_that_does_not_provide_it_is_no_provider(two):
    with pytest.raises(UnknownNameError, match="no model is named 'textgen-three/net'"):
        Plugins(two).find(Kind.MODEL, "textgen-three/net")


@pytest.mark.parametrize("first", ["textgen-one", "textgen-two"])
def test_the_first_preference_wins(two, first):
    prefer = (first, "textgen-one", "textgen-two")
    plugins = Plugins(two, PluginChoice(prefer=prefer))
    assert owner(plugins, "net") == first
    assert plugins.recipe("quick").summary == f"of {first}"


def test_a_preference_between_others_settles_nothing(two, package):
    plugins = Plugins([*two, package("textgen-three")], PluginChoice(prefer=("textgen-three",)))
    assert owner(plugins, "net") == "textgen-three"
    with pytest.raises(PluginError, match="textgen-one"):
        Plugins(two, PluginChoice(prefer=("textgen-three",))).find(Kind.MODEL, "net")


def test_a_recipe_means_the_parts_of_its_own_package(two):
    """So that installing a package changes nobody's recipe."""
    plugins = Plugins(two)
    assert plugins.recipe("textgen-one/quick").settings["model"] == "textgen-one/net"
    assert plugins.recipe("textgen-two/long").settings["model"] == {
        "use": "textgen-two/net",
        "size": 3,
    }
    alone = Plugins(two[:1]).recipe("quick").settings
    assert alone == {"model": "net", "tokenizer": "char"}


def test_a_preference_goes_before_what_a_recipe_means(two):
    plugins = Plugins(two, PluginChoice(prefer=("textgen-two",)))
    assert plugins.recipe("textgen-one/quick").settings["model"] == "net"
    assert owner(plugins, "net") == "textgen-two"


def test_two_plugins_of_one_package_are_told_apart_by_their_own_names(package):
    first, second = package("textgen-one"), package("textgen-two")
    other = EntryPoint("other", second.value, "textgen")._for(first.dist)
    plugins = Plugins([first, other])
    with pytest.raises(PluginError, match=r"by its plugins net and other.*net/net"):
        plugins.find(Kind.MODEL, "net")
    assert plugins.find(Kind.MODEL, "other/net").provider.plugin == "other"


def test_a_name_in_another_package_says_whose_it_is(two):
    with pytest.raises(UnknownNameError, match=r"'net' is that of textgen-one and textgen-two\."):
        Plugins(two).find(Kind.MODEL, "textgen-three/net")


def test_a_part_of_another_kind_or_of_an_installed_package_is_no_hint(two, package):
    with pytest.raises(UnknownNameError) as unknown:
        Plugins(two).find(Kind.MODEL, "beam")
    assert "textgen-beam" not in str(unknown.value)
    with pytest.raises(UnknownNameError) as unknown:
        Plugins([*two, package("textgen-beam")]).find(Kind.SAMPLER, "beam")
    assert "not installed" not in str(unknown.value)


def test_the_part_of_a_package_is_meant_only_where_it_has_one(two):
    plugins = Plugins(two)
    assert plugins.meant(Kind.MODEL, "net", "textgen_two") == "textgen_two/net"
    assert plugins.meant(Kind.MODEL, "net", "textgen-three") == "net"
    assert plugins.meant(Kind.SOURCE, "net:x/y", "textgen-two") == "net:x/y"


@pytest.mark.parametrize(
    ("environment", "states"),
    [
        ({}, ["loaded", "loaded"]),
        ({"TEXTGEN_NO_PLUGIN": "textgen_one"}, ["blocked", "loaded"]),
        ({"TEXTGEN_NO_PLUGIN": "net"}, ["blocked", "blocked"]),
        ({"TEXTGEN_PLUGINS": "textgen-two, other"}, ["blocked", "loaded"]),
        ({"TEXTGEN_PLUGINS": ""}, ["loaded", "loaded"]),
        ({"TEXTGEN_DISABLE_PLUGIN_AUTOLOAD": "1"}, ["blocked", "blocked"]),
        ({"TEXTGEN_DISABLE_PLUGIN_AUTOLOAD": "0"}, ["loaded", "loaded"]),
        (
            {"TEXTGEN_DISABLE_PLUGIN_AUTOLOAD": "1", "TEXTGEN_PLUGINS": "textgen-one"},
            ["loaded", "blocked"],
        ),
        ({"TEXTGEN_PLUGINS": "net", "TEXTGEN_NO_PLUGIN": "textgen-two"}, ["loaded", "blocked"]),
    ],
)
def test_what_is_blocked_is_never_imported(two, environment, states):
    plugins = Plugins(two, PluginChoice.from_environment(environment))
    assert [plugin.state for plugin in plugins.installed] == states
    assert [name in sys.modules for name in ["textgen_one", "textgen_two"]] == [
        state == "loaded" for state in states
    ]
    assert all(bool(plugin.cause) == (plugin.state == "blocked") for plugin in plugins.installed)


def test_the_built_in_parts_can_be_blocked_too():
    plugins = load_plugins(PluginChoice(without=("builtin",)))
    assert plugins.components() == []
    with pytest.raises(UnknownNameError, match="no recipe is named 'default'"):
        plugins.recipe("default")


def test_a_name_that_nothing_goes_by_is_told_with_the_nearest(two):
    plugins = Plugins(two, PluginChoice(without=("textgen-on",)))
    (notice,) = plugins.notices
    assert notice.startswith("no installed plugin or package is named 'textgen-on'")
    assert "did you mean 'textgen-one'?" in notice


def test_what_the_command_line_says_comes_before_the_environment():
    said = PluginChoice.from_environment({"TEXTGEN_PLUGIN_PREFER": "a", "TEXTGEN_NO_PLUGIN": "b"})
    both = said.also(without=["c"], prefer=["d"])
    assert both.prefer == ("d", "a")
    assert set(both.without) == {"b", "c"}


@pytest.mark.parametrize("name", ["net", "one", "textgen-one"])
def test_an_unknown_name_tells_of_a_plugin_that_is_not_in_use(two, name):
    plugins = Plugins(two[:1], PluginChoice(without=("textgen-one",)))
    with pytest.raises(UnknownNameError, match=r"plugin 'net' of textgen-one 1\.5, which may"):
        plugins.find(Kind.MODEL, name)


def test_an_unknown_name_tells_of_the_package_that_provides_it(two):
    with pytest.raises(UnknownNameError) as unknown:
        Plugins(two).find(Kind.SAMPLER, "beam")
    assert "provided by textgen-beam" in str(unknown.value)
    assert "pip install textgen-beam" in str(unknown.value)
