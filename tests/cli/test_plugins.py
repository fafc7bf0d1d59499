"""`textgen plugins`: what is listed and shown can be typed as it stands."""

import shlex
import sys
import tomllib
from importlib.metadata import EntryPoint, entry_points

import pytest

from textgen.plugins import Plugins

WITH_ODD_OPTIONS = """
from pathlib import Path

from textgen import Component, Options, hookimpl, option

class OddOptions(Options):
    name: str | None = option(None, "what it is called")
    layers: tuple[int, ...] | None = option(None, "sizes of the layers")
    folder: Path = option(Path("here"), "where to look")
    fast: bool = option(True, "whether to hurry")
    stops: list[str] = option(["a", "b"], "where to stop")

@hookimpl
def textgen_models():
    yield Component("odd", "a model of odd options", factory="odd.model:build", options=OddOptions)
"""


@pytest.fixture
def also_installed(tmp_path, monkeypatch):
    """Lets commands in this process find one more plugin, a module of the given code."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(code):
        (tmp_path / "one_more.py").write_text(code)
        sys.modules.pop("one_more", None)
        points = [*entry_points(group="textgen"), EntryPoint("more", "one_more", "textgen")]
        monkeypatch.setattr("textgen.plugins.load_plugins", lambda choice: Plugins(points, choice))

    return install


def example_of(shown):
    """Return the words after ``textgen run`` of the example that a part is shown with."""
    (line,) = [line for line in shown.splitlines() if "example: textgen run " in line]
    return shlex.split(line.partition("example: textgen run ")[2])


def test_defaults_are_shown_as_set_takes_them(textgen, also_installed):
    also_installed(WITH_ODD_OPTIONS)
    shown = textgen("plugins", "show", "odd").out
    rows = {line.split()[0]: line for line in shown.splitlines() if line.startswith("model.")}
    for option, words in [
        ("name", "str or none none"),
        ("layers", "int, … or none none"),
        ("folder", "Path here"),
        ("fast", "bool true"),
        ("stops", "str, … a,b"),
    ]:
        assert f"model.{option} {words} " in " ".join(rows[f"model.{option}"].split()) + " "
    assert example_of(shown) == ["--model", "odd", "--set", "model.folder=here"]


def test_what_is_shown_of_any_part_is_json_too(textgen, also_installed):
    also_installed(WITH_ODD_OPTIONS)
    (part,) = textgen("plugins", "show", "odd", "--json").json
    defaults = {option["name"]: option["default"] for option in part["options"]}
    assert defaults == {
        "name": None,
        "layers": None,
        "folder": "here",
        "fast": True,
        "stops": ["a", "b"],
    }


def test_the_example_of_every_part_is_accepted(textgen, rhyme):
    for part in textgen("plugins", "list", "--json").json:
        if part["kind"] in {"tokenizer", "model", "sampler"}:
            words = example_of(textgen("plugins", "show", part["name"]).out)
            assert textgen("run", "--source", f"file:{rhyme}", "--dry-run", *words).code == 0


def test_a_recipe_is_shown_with_its_settings_and_who_provides_it(textgen):
    shown = textgen("plugins", "show", "tutorial").out
    heading, provider, *_ = shown.splitlines()
    assert heading.startswith("# recipe tutorial: the tutorial's character LSTM")
    assert provider.startswith("# provided by textgen-framework ")
    assert example_of(shown) == ["--recipe", "tutorial"]
    (recipe,) = textgen("plugins", "show", "tutorial", "--json").json
    assert recipe["kind"] == "recipe"
    assert recipe["package"] == "textgen-framework"
    assert recipe["settings"] == tomllib.loads(shown)


@pytest.mark.parametrize("name", ["default", "tutorial"])
def test_what_is_shown_of_a_recipe_is_a_file_of_the_same_settings(textgen, rhyme, tmp_path, name):
    path = tmp_path / "recipe.toml"
    path.write_text(textgen("plugins", "show", name).out, encoding="utf-8")
    words = ["run", "--source", f"file:{rhyme}", "--device", "cpu", "--dry-run", "--json"]
    by_file = textgen(*words, "--config", path)
    assert by_file.code == 0
    by_name = textgen(*words, "--recipe", name)
    for what in ("settings", "plan"):
        assert by_file.json[what] == by_name.json[what]


OF_A_RECIPE_AND_A_PART = """
from textgen import Component, Recipe, hookimpl

@hookimpl
def textgen_models():
    yield Component("training", summary="a model", factory="odd.model:build")

@hookimpl
def textgen_recipes():
    yield Recipe("training", summary="a recipe", settings={"seed": 3})
"""


def test_all_that_goes_by_a_name_is_shown(textgen, also_installed):
    also_installed(OF_A_RECIPE_AND_A_PART)
    found = textgen("plugins", "show", "training", "--json").json
    assert [item["kind"] for item in found] == ["section", "model", "recipe"]


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("tutoral", "tutorial"), ("lstm-stakked", "lstm-stacked"), ("trainig", "training")],
)
def test_an_unknown_name_is_answered_with_the_nearest_part_section_or_recipe(textgen, wrong, near):
    line = textgen("plugins", "show", wrong).error_line(2)
    assert f"no part, recipe or plugin is named {wrong!r}: did you mean {near!r}?" in line
    assert line.endswith("See: textgen plugins list")
