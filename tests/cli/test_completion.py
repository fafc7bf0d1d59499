"""What Tab offers, by the protocol that shells speak with the program."""

import json
import shlex
import sys

import pytest

NET = """
from textgen import Component, Recipe, hookimpl

@hookimpl
def textgen_models():
    yield Component("{name}-net", summary="a model", factory="nowhere:build")
    yield Component("shared", summary="a model", factory="nowhere:build")

@hookimpl
def textgen_sources():
    yield Component(
        "{name}-books", "books", factory="nowhere:build", aliases={"emma": "1", "emil": "2"}
    )
"""
FOUR = ["textgen-framework", "textgen-one", "textgen-two", "textgen-broken"]
MODULES = """
import atexit, json, os, sys
from textgen.cli.main import main
sys.argv[0] = "textgen"
atexit.register(lambda: json.dump(sorted(sys.modules), open(os.environ["MODULES"], "w")))
main()
"""


@pytest.fixture(scope="module")
def environment(fresh_environment, put_package):
    """An environment with two plugins that share a name, and one that is broken."""
    environment = fresh_environment("completing")
    for name in ["one", "two"]:
        put_package(environment, f"textgen-{name}", NET.replace("{name}", name))
    put_package(environment, "textgen-broken", "print('hello')\nraise ValueError('no')")
    return environment


@pytest.fixture
def bash(environment, textgen, monkeypatch):
    """Asks as bash does: words, broken at : and =, of which the last is at the cursor."""
    (packages,) = environment.folder.glob("lib/python*/site-packages")
    monkeypatch.syspath_prepend(packages)
    monkeypatch.setenv("_TEXTGEN_COMPLETE", "complete_bash")
    main = sys.modules["__main__"]  # whose package, where there is one, names the program
    monkeypatch.setattr(main, "__package__", None, raising=False)

    def ask(line):
        words = shlex.split(line) + ([""] if line.endswith(" ") else [])
        monkeypatch.setenv("COMP_WORDS", "\n".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        done = textgen()
        assert (done.code, done.err) == (0, ""), done
        return done.out.split()

    return ask


@pytest.fixture
def _trained(trained, monkeypatch):
    """The registry with `plain` and `wider` is the one that is meant."""
    monkeypatch.setenv("TEXTGEN_REGISTRY", str(trained))


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("textgen run --model one", ["one-net"]),
        ("textgen run --model sh", []),  # two packages have it
        ("textgen run --model textgen-o", ["textgen-one/shared"]),
        ("textgen run --model textgen-one/", ["textgen-one/one-net", "textgen-one/shared"]),
        ("textgen run --tokenizer ", ["bpe", "byte", "char", "word"]),
        ("textgen run --sampler st", ["stateful"]),
        ("textgen generate latest --sampler st", ["stateful"]),
        ("textgen run --source one", ["one-books:emma", "one-books:emil"]),
        ("textgen run --source pyd", ["pydoc:topics"]),
        ("textgen run --recipe tu", ["tutorial"]),
        ("textgen sources text two", ["two-books:emma", "two-books:emil"]),
        ("textgen plugins show tr", ["training"]),
        ("textgen plugins show tw", ["two-books", "two-net", "two"]),
        ("textgen plugins uninstall textgen-b", ["textgen-broken"]),
        ("textgen plugins uninstall textgen-f", []),
        ("textgen --no-plugin one run --model one", []),
        ("textgen --no-plugin tw", ["two"]),
        ("textgen --plugin-prefer textgen-", FOUR),
        ("textgen plugins new ", ["source", "tokenizer", "model", "sampler", "listener"]),
        ("textgen run --set sampler.top_", ["sampler.top_k=", "sampler.top_p="]),
        ("textgen run --model lstm-single --set model.n", []),
        ("textgen run --set model.n", ["model.num_layers="]),
        ("textgen run --set sample.", ["sample.length=", "sample.prompt="]),
        ("textgen --no-plugin one run --model sh", ["shared"]),
    ],
)
def test_names_are_offered(bash, line, offered):
    assert sorted(bash(line)) == sorted(offered)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("textgen run --source one-books :", ["emma", "emil"]),
        ("textgen run --source one-books : emm", ["emma"]),
        ("textgen run --source = one-books : emm", ["emma"]),
        ("textgen run --source = fi", ["file:"]),
        ("textgen run --source one-books : emma --tokenizer ch", ["char"]),
        ("textgen run --set model.size = 3 --tokenizer ch", ["char"]),
    ],
)
def test_words_that_bash_has_broken_are_joined(bash, line, offered):
    """Bash completes what follows the break, so that alone is offered."""
    assert bash(line) == offered


def test_an_option_and_its_equals_sign_are_followed_by_any_value(bash):
    assert bash("textgen run --source =") == bash("textgen run --source ") != []


def test_zsh_is_offered_whole_words(environment):
    asked = {"_TEXTGEN_COMPLETE": "complete_zsh"}
    words = "textgen run --source one-books:emm"
    done = environment.run("textgen", **asked, _TYPER_COMPLETE_ARGS=words)
    assert "one-books" in done.out
    assert "emma" in done.out
    assert "emil" not in done.out


@pytest.mark.parametrize("command", ["resume", "generate", "evaluate", "runs show", "runs delete"])
@pytest.mark.usefixtures("_trained")
def test_runs_are_offered_for_every_run(bash, command):
    assert bash(f"textgen {command} ") == ["latest", "wider", "plain"]


@pytest.mark.usefixtures("_trained")
def test_ids_are_offered_once_one_is_begun(bash, records):
    newest = records.find("latest").id
    assert bash(f"textgen runs compare plain {newest[:-1]}") == [newest]


def test_a_registry_before_the_cursor_is_the_one_that_is_read(bash, trained):
    offered = bash(f"textgen runs show --registry {trained} pl")
    assert offered == ["plain"]


def test_a_registry_that_cannot_be_read_offers_nothing(bash, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TEXTGEN_REGISTRY", str(tmp_path / "file"))
    assert bash("textgen runs show ") == []


@pytest.mark.parametrize(
    "words",
    ["run --model l", "run --set m", "runs show p", "plugins uninstall t", "plugins show c"],
)
def test_completing_imports_no_torch(environment, trained, tmp_path, words):
    modules = tmp_path / "modules.json"
    (tmp_path / "probe.py").write_text(MODULES)
    line = f"textgen {words}"
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
    done = environment.run(
        f"python {tmp_path / 'probe.py'}",
        **asked,
        _TEXTGEN_COMPLETE="complete_bash",
        MODULES=str(modules),
        TEXTGEN_REGISTRY=str(trained),
    )
    assert done.out, done
    imported = json.loads(modules.read_text())
    assert "textgen.cli.completion" in imported
    assert "torch" not in imported
    assert "torch" in sys.modules  # which this process has, so that the name is right
