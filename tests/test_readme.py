"""The README: what it names exists, and stands in the order that newcomers need."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_of_the_readme_exists():
    """Commands are checked by their help; what they do is tested elsewhere."""
    from typer.main import get_command

    from textgen.cli.main import app

    root = get_command(app)
    shown = set(re.findall(r"^\$ textgen ([a-z]+)(?: ([a-z]+))?", README, re.MULTILINE))
    assert len(shown) >= 5
    for name, sub in shown:
        command = root.commands[name]
        assert not hasattr(command, "commands") or sub in command.commands


def test_an_example_comes_first_then_the_tree_then_use_then_a_plugin():
    marks = ["$ textgen run", "## The repository", "## Install", "## What to", "## Write a plugin"]
    places = [README.index(mark) for mark in marks]
    assert places == sorted(places)


def paths_of_tree(section):
    """Yield the paths of a tree: what is indented more lies in the last folder indented less."""
    above = []
    for indent, name in re.findall(r"^( {4,})([\w./]+(?:/|\.\w+))(?= |$)", section, re.MULTILINE):
        above = [(outer, folder) for outer, folder in above if len(outer) < len(indent)]
        above.append((indent, name))
        yield "/".join(name.rstrip("/") for _, name in above)


@pytest.mark.parametrize(
    ("document", "heading"),
    [("README.md", "## The repository"), ("docs/architecture.md", "## Where things are")],
)
def test_every_path_in_a_tree_exists(document, heading):
    text = (ROOT / document).read_text(encoding="utf-8")
    paths = list(paths_of_tree(text.split(heading)[1].split("\n## ")[0]))
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []
