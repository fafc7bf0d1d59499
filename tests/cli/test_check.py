"""`textgen plugins check`: verdicts for people and programs, of parts installed or not."""

import sys

import pytest
from rich.console import Console

from textgen.cli import display
from textgen.cli.plugins import check_page

PYPROJECT = """
[project]
name = "textgen-checked"
version = "2.3.4"

[project.entry-points.textgen]
checked = "textgen_checked"
"""
PLUGIN = """
from textgen import Component, Options, hookimpl, option

class Losing(Options):
    lost: str = option("", "what is lost")

@hookimpl
def textgen_tokenizers():
    yield Component("losing", "letters", "textgen_checked.letters:Letters", Losing)
"""
LETTERS = """
import numpy as np

class Letters:
    def __init__(self, options):
        self.lost, self.letters = options.lost, []
    @property
    def vocab_size(self):
        return len(self.letters)
    def learn(self, chunks):
        self.letters = sorted(set("".join(chunks)))
    def encode(self, text):
        return np.array([self.letters.index(letter) for letter in text], dtype=int)
    def decode(self, ids):
        return "".join(self.letters[i] for i in ids).replace(self.lost, "")
    def state(self):
        return {"letters": self.letters}
    def load_state(self, state):
        self.letters = state["letters"]
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder of a plugin that nobody has installed; its code lies in ``src``."""
    package = tmp_path / "project" / "src" / "textgen_checked"
    package.mkdir(parents=True)
    (tmp_path / "project" / "pyproject.toml").write_text(PYPROJECT)
    (package / "__init__.py").write_text(PLUGIN)
    (package / "letters.py").write_text(LETTERS)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path / "project"
    for name in [name for name in sys.modules if name.startswith("textgen_checked")]:
        del sys.modules[name]


def test_a_part_that_keeps_every_rule_is_done(textgen):
    done = textgen("plugins", "check", "stateful")
    assert (done.code, done.err) == (0, "")
    heading, *rules, sum_ = done.out.splitlines()
    assert heading.startswith("sampler stateful of textgen-framework ")
    assert {rule.split()[0] for rule in rules} == {"kept"}
    assert sum_ == f"{len(rules)} kept, 0 broken, 0 not applicable"


def test_a_project_is_checked_from_its_folder_and_a_broken_rule_fails(textgen, project):
    done = textgen("plugins", "check", project)
    assert done.code == 1
    heading, *rules, sum_ = done.out.splitlines()
    assert heading == "tokenizer losing of textgen-checked 2.3.4"
    (unknown,) = [rule for rule in rules if " unknown text " in rule]
    assert unknown.split()[0] == "broken"
    assert "decoded" not in unknown
    assert ". Found: ValueError: " in unknown
    assert "src/textgen_checked/letters.py:13)" in unknown.replace("\\", "/")
    assert sum_ == "6 kept, 1 broken, 0 not applicable"


def test_programs_get_one_document(textgen, project):
    words = ["plugins", "check", project, "--set", "tokenizer.lost=0", "--json"]
    done = textgen(*words)
    (part,) = done.json
    rules = {rule.pop("rule"): rule for rule in part.pop("rules")}
    assert part == {
        "kind": "tokenizer",
        "name": "losing",
        "plugin": "checked",
        "package": "textgen-checked",
        "version": "2.3.4",
    }
    assert rules["round trip"] == {
        "promise": "A text that was learned is decoded from its ids without a change",
        "state": "broken",
        "message": "'0' comes back as ''",
    }
    assert done.code == 1


def test_options_and_a_locator_reach_the_part(textgen, rhyme):
    opened = textgen("plugins", "check", "file", "--locator", rhyme, "--json").json
    assert {rule["state"] for rule in opened[0]["rules"]} == {"kept"}
    wrong = textgen("plugins", "check", "lstm-single", "--set", "model.hidden=8")
    assert "model 'lstm-single' has no option 'hidden'" in wrong.error_line(2)
    wrong = textgen("plugins", "check", "lstm-single", "--set", "training.epochs=8")
    assert "only model. or " in wrong.error_line(2)


def test_a_part_of_one_package_is_meant_by_package_and_name(textgen):
    (part,) = textgen("plugins", "check", "textgen-framework/stateful", "--json").json
    assert (part["package"], part["name"]) == ("textgen-framework", "stateful")
    assert len(textgen("plugins", "check", "Textgen_Framework/char", "--json").json) == 1


def test_an_unknown_name_is_wrong_usage(textgen):
    line = textgen("plugins", "check", "statefull").error_line(2)
    assert "no part, plugin or package is named 'statefull'" in line
    assert "did you mean 'stateful'?" in line
    known = textgen("plugins", "check", "qqqq").error_line(2).partition("known: ")[2]
    names = known.partition(".")[0].split(", ")
    assert len(names) == len(set(names)) > 1


@pytest.mark.parametrize("path", ["./nofolder", "no/folder", "~/nofolder", "../nofolder"])
def test_a_path_that_is_no_folder_is_told_as_such(textgen, path):
    line = textgen("plugins", "check", path).error_line(2)
    assert line.startswith(f"textgen: plugins check {path}: there is no such folder.")


def test_a_name_of_a_package_is_no_path(textgen):
    line = textgen("plugins", "check", "builtin/statefull").error_line(2)
    assert "is named 'builtin/statefull'" in line


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["stateful", "--set", "model.size=1"], "--set model.size: that is for a model"),
        (["stateful", "--locator", "x"], "--locator: that is for a source"),
    ],
)
def test_what_cannot_apply_is_refused(textgen, words, told):
    line = textgen("plugins", "check", *words).error_line(2)
    assert told in line
    assert "what there is to check is a sampler" in line


def test_a_check_that_is_stopped_changes_nothing(textgen, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("textgen.testing.checking.try_rule", stopped)
    done = textgen("plugins", "check", "stateful")
    assert (done.code, done.err) == (130, "stopped; nothing was changed\n")


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal_folds_between_words_and_within_columns(
    textgen, project, monkeypatch, width
):
    for module in (display, check_page):
        monkeypatch.setattr(module, "make_console", lambda: Console(width=width, highlight=False))
    whole = textgen("plugins", "check", project, "--json").json[0]["rules"]
    lines = textgen("plugins", "check", project).out.splitlines()[1:-1]
    assert len(lines) > len(whole)
    assert all(len(line) <= width and line.startswith("  ") for line in lines)
    told = {word for rule in whole for word in rule["promise"].split()}
    assert told <= {word.rstrip(".") for line in lines for word in line.split()}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "pyproject.toml: cannot be read (No such file or directory)."),
        ("[project", "pyproject.toml: is not valid TOML"),
        ("[project]\nname = 'x'", "pyproject.toml: it names no plugin. Add [project.entry-points."),
    ],
)
def test_a_folder_that_is_no_plugins_is_wrong_usage(textgen, tmp_path, text, told):
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    assert told in textgen("plugins", "check", tmp_path).error_line(2)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "import nothing_of_this_name",
            "plugin 'checked' of textgen-checked 2.3.4 cannot be loaded: ModuleNotFoundError",
        ),
        ("", "it provides no part and hears no event"),
    ],
)
def test_a_plugin_that_gives_nothing_to_check_fails(textgen, project, code, told):
    (project / "src" / "textgen_checked" / "__init__.py").write_text(code)
    assert told in textgen("plugins", "check", project).error_line(1)


def test_nothing_is_left_in_the_current_folder(program, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert program("plugins", "check", "char").code == 0
    assert list(tmp_path.iterdir()) == []
