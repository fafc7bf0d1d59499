"""Every way to break a plugin that we could think of, and what must work beside it all the same.

Each is a package of its own in a fresh environment, with all the others; those that nothing
survives are alone.
"""

import json
import shlex
from typing import NamedTuple

import pytest

HOOK = """
from textgen import Component, hookimpl

@hookimpl
def textgen_models():
    yield Component("{name}", summary="a model", factory="nowhere:build")
"""
YIELDS = 'yield Component("{name}", summary="a model", factory="nowhere:build")'


class Fault(NamedTuple):
    """The code of a plugin, what is told of it, and how it is announced."""

    code: str
    told: str = ""
    entry: str | None = None


SET_ASIDE = {
    "missing-import": Fault("import nothing_of_the_kind", "No module named 'nothing_of_the_kind'"),
    "syntax-error": Fault("def textgen_models(:", "SyntaxError: "),
    "raises-at-import": Fault("raise ValueError('not\\ntoday')", "ValueError: not today"),
    "exits-at-import": Fault("import sys; sys.exit('bye')", "SystemExit: bye"),
    "odd-exception": Fault("class Odd(BaseException): ...\nraise Odd('no')", "Odd: no"),
    "misspelt-hook": Fault(HOOK.replace("textgen_models", "textgen_modles"), "textgen_modles"),
    "unknown-argument": Fault(HOOK.replace("models()", "models(colour)"), "colour"),
    "returns-none": Fault(HOOK.replace(YIELDS, YIELDS[6:]), "textgen_models returned None"),
    "returns-one": Fault(HOOK.replace("yield", "return"), "textgen_models returned one Component"),
    "yields-a-number": Fault(HOOK.replace(YIELDS, "yield 3"), "textgen_models gave 3"),
    "half-way": Fault(
        HOOK
        + "    raise RuntimeError('no more')\n\n"
        + "@hookimpl\ndef textgen_run_started(event):\n    print('heard half way')\n",
        "RuntimeError: no more",
    ),
    "bad-name": Fault(HOOK.replace("{name}", "my model"), "component 'my model': a name is"),
    "no-options-class": Fault(
        HOOK.replace("factory=", "options={}, factory="), "is no class derived from"
    ),
    "list-of-aliases": Fault(HOOK.replace("factory=", "aliases=['a'], factory="), "aliases=['a']"),
    "endless-names": Fault(
        HOOK.replace("    yield", "    while True: yield"), "two components of the name"
    ),
    "no-such-module": Fault("", "No module named 'elsewhere'", entry="no-such-module = elsewhere"),
    "no-such-attribute": Fault(
        "",
        "has no attribute 'plugin'",
        entry="no-such-attribute = textgen_no_such_attribute:plugin",
    ),
    "malformed-entry": Fault("", "must name a module", entry="malformed-entry = my plugin!"),
    "of-the-future": Fault(
        HOOK + "\ntextgen_contract = '99.0'\n", "written for version 99.0 of the contract"
    ),
}
LISTENS = "from textgen import hookimpl\nclass Odd(BaseException): ...\n@hookimpl\n"
TAKEN_IN = {
    "prints-at-import": Fault("print('welcome')\n" + HOOK),
    "raises-in-a-run": Fault(LISTENS + "def textgen_progress(event): raise ValueError('no')"),
    "ends-in-a-run": Fault(LISTENS + "def textgen_metrics(event): raise Odd('no')"),
    "factory-raises": Fault(
        HOOK.replace("nowhere:", "textgen_factory_raises:")
        + "\ndef build(vocab_size, options): raise ValueError('no')"
    ),
    "factory-exits": Fault(
        HOOK.replace("nowhere:", "textgen_factory_exits:")
        + "\ndef build(vocab_size, options): raise SystemExit(3)"
    ),
    "takes-char": Fault(HOOK.replace("_models", "_tokenizers").replace("{name}", "char")),
}
DEADLY = {
    "ends-the-process": Fault("import os; os._exit(3)", "(exit code 3)"),
    "crashes": Fault("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "(signal SIGSEGV)"),
}


@pytest.fixture(scope="module")
def install(put_package):
    """Puts a plugin of a fault into an environment."""

    def put(environment, name, fault):
        code = fault.code.replace("{name}", name)
        put_package(environment, f"textgen-{name}", code, entry=fault.entry)

    return put


@pytest.fixture(scope="module")
def make_crowd(fresh_environment, install):
    """Makes an environment with all of them but those that nothing survives."""

    def make():
        environment = fresh_environment("crowd")
        for name, fault in {**SET_ASIDE, **TAKEN_IN}.items():
            install(environment, name, fault)
        return environment

    return make


@pytest.fixture(scope="module")
def crowd(make_crowd):
    return make_crowd()


@pytest.fixture(scope="module")
def listed(crowd):
    """What is listed, and what is told beside it."""
    done = crowd.run("textgen plugins list --json")
    assert done.code == 0, done
    return json.loads(done.out), done.err.splitlines()


@pytest.fixture
def run_words(rhyme, tiny_words):
    return shlex.join(["run", "--source", f"file:{rhyme}", *tiny_words, "--epochs", "1"])


@pytest.mark.parametrize("name", SET_ASIDE)
def test_each_that_does_not_work_is_named_with_its_cause(listed, name):
    rows, told = listed
    (row,) = (row for row in rows if row["package"] == f"textgen-{name}")
    assert (row["kind"], row["state"]) == ("plugin", "failed")
    (line,) = (line for line in told if f"of textgen-{name} " in line)
    assert line.startswith(f"textgen: plugin {name!r} of textgen-{name} 1.5 is not used: ")
    assert SET_ASIDE[name].told in line


@pytest.mark.parametrize("name", TAKEN_IN)
def test_each_that_works_so_far_is_listed_without_a_word(listed, name):
    rows, told = listed
    assert {row["state"] for row in rows if row["package"] == f"textgen-{name}"} == {"loaded"}
    assert [line for line in told if f"textgen-{name} " in line] == []


def test_whatever_is_told_is_of_one_of_them(listed):
    """And what one of them prints as it is imported."""
    _, told = listed
    assert len(told) == len(SET_ASIDE) + 1
    assert "welcome" in told


def test_all_can_be_uninstalled_by_their_names(make_crowd):
    crowd, names = make_crowd(), sorted([*SET_ASIDE, *TAKEN_IN])
    done = crowd.run(f"textgen plugins uninstall {' '.join(names)} --yes")
    packages = ", ".join(f"textgen-{name}" for name in names)
    assert (done.code, done.out, done.err) == (0, "", f"uninstalled {packages}\n")
    after = crowd.run("textgen plugins list")
    assert not [name for name in names if f"textgen-{name}" in after.out]
    assert after.err == ""


def test_help_does_not_hear_of_them(crowd):
    assert crowd.run("textgen --help").err == ""


def test_a_run_with_built_in_parts_is_hurt_by_none(crowd, run_words):
    done = crowd.run(f"textgen {run_words} --json")
    assert done.code == 0, done
    assert json.loads(done.out)["status"] == "finished"
    for name in SET_ASIDE:
        assert done.err.count(f"of textgen-{name} 1.5 is not used: ") == 1
    for told in ["raises-in-a-run: its textgen_progress", "ends-in-a-run: its textgen_metrics"]:
        assert done.err.count(f"{told} failed") == 1
    assert "heard half way" not in done.err
    record = json.loads(crowd.run("textgen runs show latest --json").out)
    assert {part["package"] for part in record["parts"].values()} == {"textgen-framework"}


@pytest.mark.parametrize("name", ["factory-raises", "factory-exits"])
def test_a_factory_that_fails_is_told_with_whose_it_is(fresh_environment, install, rhyme, name):
    environment = fresh_environment(name)
    install(environment, name, TAKEN_IN[name])
    done = environment.run(f"textgen run --source file:{rhyme} --model {name} --device cpu")
    assert done.code == 1
    last = done.err.splitlines()[-1]
    assert f"model {name!r} of textgen-{name} 1.5: its factory failed" in last


def test_a_name_that_a_built_in_part_has_too_is_asked_about(crowd, run_words):
    refused = crowd.run(f"textgen {run_words} --tokenizer char --dry-run")
    assert refused.code == 1
    assert "is provided by textgen-" in refused.err
    chosen = crowd.run(f"textgen {run_words} --tokenizer textgen-framework/char --dry-run")
    assert chosen.code == 0, chosen


@pytest.mark.parametrize("name", DEADLY)
def test_one_that_ends_the_process_is_found_and_got_rid_of(fresh_environment, install, name):
    """It cannot be set aside by a process that it ends; the ways out do not import it."""
    environment, package = fresh_environment(name), f"textgen-{name}"
    install(environment, name, DEADLY[name])
    assert environment.run("textgen --help").code == 0
    assert environment.run("textgen plugins list", TEXTGEN_NO_PLUGIN=name).code == 0
    found = environment.run("textgen plugins doctor")
    assert found.code == 1
    assert f"{package} 1.5: its import ends the whole program {DEADLY[name].told}" in found.out
    assert environment.run(f"textgen plugins uninstall {name} --yes").code == 0
    assert environment.run("textgen plugins doctor").code == 0


UNREADABLE = {
    "no-version": {"version": ""},
    "no-equals-sign": {"entry": "no-equals-sign"},
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_metadata_that_pip_cannot_read_hide_nothing_and_are_pointed_at(
    fresh_environment, put_package, name
):
    environment, package = fresh_environment(name), f"textgen-{name}"
    folder = put_package(environment, package, HOOK, **UNREADABLE[name])
    listed = environment.run("textgen plugins list")
    assert listed.code == 0, listed
    assert package in listed.out
    assert "lstm-stacked" in listed.out
    refused = environment.run(f"textgen plugins uninstall {package} --yes")
    assert refused.code == 1
    assert str(folder) in refused.err.splitlines()[-1]
