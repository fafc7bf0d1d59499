"""The README: what it shows of a plugin works as it stands there, and what it names exists."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """An environment in which the README's plugin is installed by pip."""
    folder = tmp_path_factory.mktemp("readme")
    files = re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in files] == [
        "pyproject.toml",
        "textgen_gru/__init__.py",
        "textgen_gru/model.py",
    ]
    for name, text in files:
        path = folder / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", folder / "site", folder / "project"], check=True)
    return os.environ | {
        "PYTHONPATH": str(folder / "site"),
        "TEXTGEN_REGISTRY": str(folder / "registry"),
        "OMP_NUM_THREADS": "1",
    }


def test_the_plugin_of_the_readme_trains(environment, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("one, two, buckle my shoe. " * 30)
    command = [sys.executable, "-m", "textgen", "run", "--model", "gru", "--epochs", "1", "--json"]
    command += ["--source", f"file:{text}", "--set", "model.hidden_size=8"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    record = json.loads(run.stdout)
    assert record["parts"]["model"]["package"] == "textgen-gru"
    assert record["parts"]["model"]["version"] == "1.0"
    assert record["config"]["model"]["hidden_size"] == 8
    assert record["status"] == "finished"


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
