"""A plugin in a distribution of its own, installed by pip, and one that is broken."""

import hashlib
import json
import re
import subprocess
import sys

import pytest

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{package}"
version = "{version}"

[project.entry-points.textgen]
{plugin} = "{module}"
"""

GRU = '''
"""A model for textgen: gated recurrent units."""

import os
from pathlib import Path

from textgen import Component, Options, hookimpl, option


class GRUOptions(Options):
    """The model's size."""

    hidden_size: int = option(16, "size of the hidden state", unit="units", ge=1)


@hookimpl
def textgen_models():
    yield Component("gru-test", "one GRU layer", "textgen_gru_test.model:build", GRUOptions)


@hookimpl
def textgen_run_finished(event):
    if "HEARD" in os.environ:
        Path(os.environ["HEARD"]).write_text(event.status)
'''

GRU_MODEL = '''
"""The module, which imports torch."""

from torch import nn


class GRU(nn.Module):
    def __init__(self, vocab_size, hidden):
        super().__init__()
        self.input = nn.Embedding(vocab_size, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.output = nn.Linear(hidden, vocab_size)

    def forward(self, tokens, state=None):
        x, state = self.gru(self.input(tokens), state)
        return self.output(x), state


def build(vocab_size, options):
    return GRU(vocab_size, options.hidden_size)
'''

TINY_GRU = [
    *("--model", "gru-test", "--set", "training.batch_size=4"),
    *("--set", "training.sequence_length=10", "--epochs", "1", "--length", "20"),
]

BROKEN = 'raise RuntimeError("no such thing as\\na free lunch")\n'


def install(folder, package, plugin, files, version="2.3.4"):
    """Install a distribution made of ``files`` into ``folder``/site; return that."""
    module = package.replace("-", "_")
    project = folder / package
    (project / module).mkdir(parents=True)
    pyproject = PYPROJECT.format(package=package, plugin=plugin, module=module, version=version)
    (project / "pyproject.toml").write_text(pyproject)
    for name, text in files.items():
        (project / module / name).write_text(text)
    site = folder / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--target", str(site)]
    subprocess.run([*pip, *offline, str(project)], check=True, timeout=100)
    return site


@pytest.fixture(scope="module")
def gru_site(tmp_path_factory):
    files = {"__init__.py": GRU, "model.py": GRU_MODEL}
    return install(tmp_path_factory.mktemp("gru"), "textgen-gru-test", "gru", files)


@pytest.fixture(scope="module")
def newer_gru_site(tmp_path_factory):
    """The next version, whose model has one option more."""
    option = '    layers: int = option(1, "how many", ge=1)\n'
    newer = GRU.replace("\n\n\n@hookimpl", f"\n{option}\n\n@hookimpl", 1)
    files = {"__init__.py": newer, "model.py": GRU_MODEL}
    return install(tmp_path_factory.mktemp("newer"), "textgen-gru-test", "gru", files, "3.0")


@pytest.fixture(scope="module")
def broken_site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken")
    return install(folder, "textgen-broken-test", "broken", {"__init__.py": BROKEN})


@pytest.fixture
def textgen_with(textgen, monkeypatch):
    """Runs a command in this process, where what was installed into a folder is found too."""

    def run(site, *words):
        with monkeypatch.context() as patch:
            patch.syspath_prepend(site)
            for name in [name for name in sys.modules if name.startswith("textgen_gru_test")]:
                patch.delitem(sys.modules, name)
            return textgen(*words)

    return run


def test_a_plugin_is_listed_with_its_package_and_version(program, gru_site):
    listed = program("plugins", "list", "--json", PYTHONPATH=gru_site)
    (row,) = (row for row in listed.json if row["name"] == "gru-test")
    assert (row["kind"], row["package"], row["version"]) == ("model", "textgen-gru-test", "2.3.4")
    shown = program("plugins", "show", "gru-test", PYTHONPATH=gru_site)
    assert "model.hidden_size" in shown.out
    assert "units" in shown.out


def test_a_plugins_model_is_trained_recorded_and_hears_events(
    program, gru_site, rhyme, tiny_words, tmp_path
):
    heard = tmp_path / "heard"
    words = ["run", "--source", f"file:{rhyme}", *tiny_words, "--epochs", 1]
    done = program(*words, "--model", "gru-test", PYTHONPATH=gru_site, HEARD=heard)
    assert done.code == 0, done
    assert heard.read_text() == "finished"
    record = program("runs", "show", "latest", "--json").json
    assert record["config"]["model"] == {"use": "gru-test", "hidden_size": 12}
    options = b'{"hidden_size":12}'
    part = record["parts"]["model"]
    assert part.pop("url").startswith("file://")
    assert part == {
        "name": "gru-test",
        "plugin": "gru",
        "package": "textgen-gru-test",
        "version": "2.3.4",
        "options_sha256": hashlib.sha256(options).hexdigest(),
    }
    assert "options_sha256" not in program("runs", "show", "latest").out


@pytest.fixture(scope="module")
def gru_run(program, gru_site, rhyme, tmp_path_factory):
    """The registry of one run, `mine`, whose model came from the plugin's first version."""
    registry = tmp_path_factory.mktemp("mine")
    words = ["run", "--source", f"file:{rhyme}", *TINY_GRU, "--name", "mine"]
    done = program(*words, PYTHONPATH=gru_site, TEXTGEN_REGISTRY=registry)
    assert done.code == 0, done
    return registry


@pytest.fixture
def _gru_run(gru_run, monkeypatch):
    """The registry of that run is the one that is meant."""
    monkeypatch.setenv("TEXTGEN_REGISTRY", str(gru_run))


@pytest.mark.usefixtures("_gru_run")
@pytest.mark.parametrize("command", ["generate", "evaluate", "resume"])
def test_a_run_whose_plugin_is_gone_says_what_to_install(textgen, command):
    line = textgen(command, "mine").error_line(2)
    assert line.startswith("textgen: run mine (")
    assert "was made with model 'gru-test' of textgen-gru-test 2.3.4, which is not" in line
    assert re.search(r"installed: textgen plugins install file://\S+/textgen-gru-test$", line)


@pytest.mark.usefixtures("_gru_run")
@pytest.mark.parametrize("words", [["generate", "mine", "--seed", 1], ["evaluate", "mine"]])
def test_a_run_made_by_another_version_says_what_has_changed(
    textgen_with, gru_site, newer_gru_site, words
):
    before = textgen_with(gru_site, *words)
    after = textgen_with(newer_gru_site, *words)
    assert before.code == after.code == 0
    assert after.out == before.out
    assert "note" not in before.err
    note = (
        "note: model 'gru-test' was made by textgen-gru-test 2.3.4; textgen-gru-test 3.0 is "
        "installed: model option layers is new (default 1)"
    )
    assert note in after.err.splitlines()


@pytest.mark.usefixtures("_gru_run")
def test_freeze_prints_what_pip_needs(textgen):
    """Also where the plugin is gone, which is when it is needed."""
    frozen = textgen("plugins", "freeze", "mine")
    heading, *requirements = frozen.out.splitlines()
    assert heading.startswith("# the parts of run mine (")
    framework, gru = requirements
    assert framework.startswith(("textgen-framework==", "textgen-framework @ "))
    assert re.fullmatch(r"textgen-gru-test @ file://\S+/textgen-gru-test", gru)
    frozen = textgen("plugins", "freeze", "mine", "--json").json
    assert frozen["requirements"] == requirements
    assert heading == f"# the parts of run {frozen['run_name']} ({frozen['run_id']})"


def test_a_broken_plugin_costs_one_line(textgen_with, broken_site, rhyme, tiny_words):
    def in_its_presence(*words):
        done = textgen_with(broken_site, *words)
        assert done.code == 0, done
        return done

    assert in_its_presence("--help").err == ""
    listed = in_its_presence("plugins", "list", "--json")
    (line,) = listed.err.splitlines()
    for part in ["textgen-broken-test 2.3.4", "RuntimeError: no such thing as a free lunch"]:
        assert part in line
    assert "lstm-stacked" in {row["name"] for row in json.loads(listed.out)}
    words = ["run", "--source", f"file:{rhyme}", *tiny_words, "--epochs", 1]
    assert in_its_presence(*words).err.count("textgen-broken-test") == 1
