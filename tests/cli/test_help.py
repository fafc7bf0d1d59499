"""Help is quick, complete, and shows an example everywhere."""

import re

import pytest
import typer.main

from textgen.cli.main import app

HEAVY = {"torch", "sqlalchemy", "pydantic", "numpy"}


def all_commands(command, words=()):
    yield words
    for name, child in getattr(command, "commands", {}).items():
        yield from all_commands(child, (*words, name))


RUNS = [
    *("list", "show", "compare", "card", "config", "reproduce", "tag", "note", "rename"),
    *("delete", "restore", "gc", "verify", "export", "import", "migrate"),
]
PLUGINS = ["list", "show", "new", "check", "doctor", "install", "uninstall", "freeze"]
COMMANDS = list(all_commands(typer.main.get_command(app)))
_SHOWN = {}


@pytest.fixture
def help_of(textgen):
    """Returns what a command's help is, which is asked for once."""

    def read(words):
        if words not in _SHOWN:
            _SHOWN[words] = textgen(*words, "--help")
        return _SHOWN[words]

    return read


def test_every_command_is_here():
    leaves = ["run", "resume", "generate", "evaluate", "bench"]
    groups = {
        "runs": RUNS,
        "plugins": PLUGINS,
    }
    groups["sources"] = ["list", "search", "fetch", "import", "show", "text", "clear"]
    groups["models"] = ["register", "alias", "list", "show", "history", "delete"]
    expected = {(), *((name,) for name in [*leaves, *groups])}
    expected |= {(group, name) for group, names in groups.items() for name in names}
    assert set(COMMANDS) == expected


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_shows_an_example(help_of, words):
    shown = help_of(words)
    assert (shown.code, shown.err) == (0, "")
    examples = shown.out.split("Example: ")[1:]
    assert examples
    assert all(example.startswith("textgen ") for example in examples)


@pytest.mark.parametrize("words", [(), ("runs",), ("models",), ("plugins",), ("sources",)])
def test_a_group_tells_whole_sentences_of_its_commands(textgen, help_of, words):
    shown = help_of(words).out
    listed = shown.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert listed
    assert all(line.endswith(".") and not line.endswith("...") for line in listed)
    bare = textgen(*words)
    assert (bare.code, bare.out, bare.err) == (2, "", shown)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_what_all_commands_share_comes_last_and_in_one_order(help_of, words):
    section = help_of(words).out.partition("Options:\n")[2].partition("\n\n")[0]
    options = re.findall(r"^  (?:-\w, )?(--[a-z-]+)", section, re.MULTILINE)
    shared = ["--force", "--dry-run", "--yes", "--registry", "--json", "--csv", "--help"]
    there = [option for option in shared if option in options]
    assert options[-len(there) :] == there


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_h_is_help(textgen, help_of, words):
    assert textgen(*words, "-h") == help_of(words)


def test_examples_name_parameters_that_exist(help_of):
    """An example that the program refuses teaches nothing."""
    for words in COMMANDS:
        text = " ".join(help_of(words).out.split())
        for example in text.split("Example: ")[1:]:
            used = {word for word in example.split() if word.startswith("--")}
            command = next(
                other
                for other in sorted(COMMANDS, key=len, reverse=True)
                if example.split()[1 : 1 + len(other)] == list(other)
            )
            known = {*help_of(command).out.split(), *help_of(()).out.split()}
            assert used <= known


def test_the_version(textgen):
    assert textgen("--version").out == "textgen 0.1.0\n"


LIGHT = {
    "help": ([["--help"], ["--version"]], HEAVY),
    "help on options": ([["run", "--help"]], HEAVY - {"pydantic"}),  # Typer reads types by it
    "runs": (
        [["runs", "list"], ["runs", "show", "plain"], ["runs", "compare", "plain", "wider"]],
        {"torch", "numpy"},
    ),
    "parts": (
        [["plugins", "list"], ["plugins", "show", "lstm-stacked"], ["plugins", "doctor"]],
        {"torch", "sqlalchemy"},
    ),
    "sources": ([["sources", "list"]], {"torch", "numpy", "sqlalchemy", "httpx"}),
    "texts": (
        [["sources", "text", "file:{rhyme}"], ["sources", "show", "file:{rhyme}"]],
        {"torch", "sqlalchemy"},
    ),
}


@pytest.mark.parametrize(("commands", "unwanted"), LIGHT.values(), ids=LIGHT)
def test_what_needs_no_model_imports_none(probe, trained, rhyme, commands, unwanted):
    commands = [[word.format(rhyme=rhyme) for word in words] for words in commands]
    imported = probe(*commands, TEXTGEN_REGISTRY=trained).modules
    assert "textgen.cli.main" in imported
    assert not imported & unwanted


def test_a_run_does_not_import_the_compiler_of_torch(probe, rhyme, tiny_words):
    """Which takes a second, and compiles nothing here."""
    words = ["run", "--source", f"file:{rhyme}", *tiny_words, "--epochs", 1]
    imported = probe(words).modules
    assert "torch.optim" in imported
    assert not imported & {"torch._dynamo", "sympy"}


def test_completion_imports_nothing_heavy(probe):
    asked = {"COMP_WORDS": "textgen ru", "COMP_CWORD": "1", "_TEXTGEN_COMPLETE": "complete_bash"}
    done = probe([], **asked)
    assert done.out.split() == ["run", "runs"]
    assert not done.modules & (HEAVY - {"pydantic"})
