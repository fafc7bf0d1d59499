"""The README: what it shows of a plugin works as it stands there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


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
