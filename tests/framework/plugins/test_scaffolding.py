"""A new plugin's files: any good name gives code in good order, any other is refused."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import textgen
from textgen.errors import UnknownNameError, UsageError
from textgen.files import write_folder
from textgen.plugins.scaffolding import KINDS, NewPlugin
from textgen.testing import subjects

PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"
TOOLS = {
    "check": ["ruff", "check", "--no-cache", "--config", PYPROJECT, "--config", "src=['.']"],
    "format": ["ruff", "format", "--no-cache", "--check", "--config", PYPROJECT],
}


def test_there_is_a_plugin_of_every_kind_that_can_be_checked():
    assert set(KINDS) == set(subjects.KINDS)


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    """A project of each kind, one of them with the shortest name."""
    folder = tmp_path_factory.mktemp("projects")
    for kind in KINDS:
        plugin = NewPlugin(kind, "x" if kind == "model" else f"a-longer-{kind}")
        write_folder(folder / kind, plugin.files())
    return folder


@pytest.mark.parametrize("tool", ["check", "format"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_code_is_in_this_projects_style(projects, kind, tool):
    command = [sys.executable, "-m", *TOOLS[tool], "."]
    done = subprocess.run(command, cwd=projects / kind, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_are_right(projects):
    """Strictly, with this project's settings, so that what mypy knows of torch by now serves."""
    code = [str(path) for kind in KINDS for path in sorted((projects / kind).rglob("*.py"))]
    command = [sys.executable, "-m", "mypy", "--scripts-are-modules", *code]
    done = subprocess.run(command, cwd=PYPROJECT.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"no issues found in {len(code)} source files" in done.stdout


def test_the_frameworks_types_are_there_for_plugins():
    assert (Path(textgen.__file__).parent / "py.typed").is_file()


def test_the_package_is_named_after_the_part_and_needs_the_framework():
    files = NewPlugin("model", "word-pairs").files()
    project = tomllib.loads(files["pyproject.toml"])["project"]
    assert project["name"] == "textgen-word-pairs"
    assert project["dependencies"] == [f"textgen-framework>={textgen.__version__}"]
    assert project["entry-points"]["textgen"] == {"word-pairs": "textgen_word_pairs"}
    assert {"textgen_word_pairs/model.py", "tests/test_word_pairs.py"} <= files.keys()
    assert "class WordPairsModel(" in files["textgen_word_pairs/model.py"]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("", "beginning with a letter"),
        ("GRU", "lower-case"),
        ("3gram", "beginning with a letter"),
        ("word_pairs", "single hyphens"),
        ("word--pairs", "single hyphens"),
        ("../gru", "lower-case letters"),
        ("größe", "lower-case letters"),
        ("textgen-gru", "Say 'gru'"),
        ("framework", "is part of textgen itself"),
        ("plugins", "is part of textgen itself"),
    ],
)
def test_what_cannot_name_a_package_is_refused(name, advice):
    with pytest.raises(UsageError, match=advice):
        NewPlugin("model", name)


def test_an_unknown_kind_is_refused_and_the_nearest_is_named():
    with pytest.raises(UnknownNameError, match="did you mean 'model'"):
        NewPlugin("modle", "gru")
