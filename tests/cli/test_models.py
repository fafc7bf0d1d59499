"""Named models on the command line: registered, promoted, shown, used, deleted."""

from __future__ import annotations

import json
import sys

import pytest

from textgen_registry import NamedModels

PART = {"name": "p", "package": "textgen-parts", "version": "1.0"}
RUN = {
    **{"source": "file:x", "tokenizer": "char", "model": "lstm-single", "sampler": "stateful"},
    **{"config": {}, "parts": {"model": PART}, "provenance": {}, "environment": {}, "plan": {}},
}


@pytest.fixture
def checkpoint(records):
    """Stores a checkpoint of a run."""

    def store(run, step, bits):
        figures = {"best_loss": bits / 2, "bits_per_char": bits}
        files = {"last.safetensors": b"%d" % step}
        records.store_checkpoint(run.id, files, step=step, summary={}, **figures)

    return store


@pytest.fixture
def two(records, checkpoint):
    """The run `plain`, which is `alice@1` and, after another checkpoint, `alice@2`."""
    run, models = records.create_run(name="plain", **RUN), NamedModels(records)
    for step, bits in [(10, 2.5), (20, 1.5)]:
        checkpoint(run, step, bits)
        models.register(run, "alice")
    return run


@pytest.fixture
def ended(records, two):
    """The same, when the run has ended."""
    figures = {"best_loss": 0.75, "bits_per_char": 1.5}
    records.finish_run(two.id, status="finished", step=20, summary={}, reason="", **figures)


def test_registering_prints_the_version_and_says_what_to_do_next(textgen, two, ended, checkpoint):
    done = textgen("models", "register", "plain", "other")
    assert (done.code, done.out) == (0, "other@1\n")
    assert "textgen generate other@1" in done.err
    assert "textgen models alias other@best 1" in done.err
    again = textgen("models", "register", "plain", "other")
    assert (again.code, again.out) == (0, "other@1\n")
    assert "is other@1 already, with the same files; --again makes another" in again.err
    assert textgen("models", "register", "plain", "other", "--again").out == "other@2\n"
    document = textgen("models", "register", "plain", "other", "--json").json
    assert (document["version"], document["new"], document["bits_per_char"]) == (
        "other@2",
        False,
        1.5,
    )


def test_a_run_that_is_being_trained_is_registered_as_of_its_last_checkpoint(textgen, two):
    done = textgen("models", "register", "plain", "other")
    assert done.out == "other@1\n"
    assert "is being trained: this is its checkpoint after step 20" in done.err


def test_a_run_without_a_checkpoint_is_refused(textgen, records):
    records.create_run(name="empty", **RUN)
    line = textgen("models", "register", "empty", "alice").error_line(1)
    assert "no weights to register" in line
    assert "textgen runs show" in line


def test_an_alias_is_made_moved_and_taken_away(textgen, two):
    assert "now" in textgen("models", "alias", "alice@best", "1").err
    assert "already" in textgen("models", "alias", "alice@best", "1").err
    moved = textgen("models", "alias", "alice@best", "latest", "--json").json
    assert moved == {"model": "alice", "alias": "best", "before": 1, "after": 2}
    assert "version 2 now" in textgen("models", "alias", "alice@live", "best").err
    assert "is no more" in textgen("models", "alias", "alice@best", "--remove").err
    assert "no version 'best'" in textgen("runs", "show", "alice@best").error_line(1)
    assert textgen("runs", "show", "alice@live").code == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["alice@best"], 2, "--remove"),
        (["alice@best", "1", "--remove"], 2, "either"),
        (["alice", "1"], 2, "NAME@ALIAS"),
        (["alice@latest", "1"], 2, "highest version"),
        (["alice@7", "1"], 2, "number"),
        (["alice@best", "7"], 1, "no version '7'"),
        (["alise@best", "1"], 1, "did you mean 'alice'"),
        (["alice@\x1b[31m", "1"], 2, "control characters"),
        (["alice@best", "--remove"], 1, "no version 'best'"),
    ],
)
def test_an_alias_that_cannot_be_is_refused_in_one_line(textgen, two, words, code, told):
    line = textgen("models", "alias", *words).error_line(code)
    assert told in line
    assert line.isprintable()


def test_models_are_listed_and_shown_for_people_and_for_programs(textgen, two):
    textgen("models", "alias", "alice@best", "2")
    listed = textgen("models", "list")
    assert listed.err == ""
    assert "best (2)" in listed.out
    (model,) = textgen("models", "list", "--json").json
    assert (model["name"], model["versions"], model["aliases"]) == ("alice", [1, 2], {"best": 2})
    assert model["best"]["bits_per_char"] == 1.5
    page = textgen("models", "show", "alice").out
    assert all(word in page for word in ("alice@1", "alice@2", f"plain ({two.id})", "2.500"))
    versions = textgen("models", "show", "alice", "--json").json["versions"]
    assert [item["step"] for item in versions] == [10, 20]
    one = textgen("models", "show", "alice@1", "--json").json
    assert one == versions[0]
    assert one["files"][0]["sha256"] in textgen("models", "show", "alice@1").out


def test_no_models_are_listed_as_such(textgen, records):
    assert "Make one: textgen models register" in textgen("models", "list").err
    assert textgen("models", "list", "--json").json == []
    assert "holds none yet" in textgen("models", "show", "alice").error_line(1)


def test_the_history_is_kept_when_the_model_is_deleted(textgen, two):
    textgen("models", "alias", "alice@best", "2")
    assert textgen("models", "delete", "alice", "--yes", "--force").code == 0
    events = textgen("models", "history", "alice", "--json").json
    kinds = [event["kind"] for event in events]
    assert kinds == ["registered", "registered", "promoted", "deleted", "demoted", "deleted"]
    assert [event["bits_per_char"] for event in events[:3]] == [2.5, 1.5, 1.5]
    assert "promoted" in textgen("models", "history", "alice").out
    assert textgen("runs", "show", "plain").code == 0


def test_deleting_asks_and_refuses_what_an_alias_stands_for(textgen, two):
    assert "--yes" in textgen("models", "delete", "alice@1").error_line(2)
    textgen("models", "alias", "alice@best", "2")
    for what in ("alice@2", "alice@best", "alice"):
        assert "alice@best stands for" in textgen("models", "delete", what, "--yes").error_line(2)
    assert "deleted alice@1" in textgen("models", "delete", "alice@1", "--yes").err
    gone = textgen("models", "delete", "alice@best", "--yes", "--force", "--json").json
    assert gone == {"deleted": ["alice@2"]}
    assert "no versions any more" in textgen("models", "show", "alice").err


def test_a_version_stands_wherever_a_run_is_named(textgen, two):
    shown = textgen("runs", "show", "alice@1", "--json").json
    assert (shown["name"], shown["version"], shown["step"]) == ("plain", "alice@1", 10)
    assert shown["artifacts"] == textgen("models", "show", "alice@1", "--json").json["files"]
    assert "alice@1" in textgen("runs", "show", "alice@1").out
    compared = textgen("runs", "compare", "alice@1", "alice@latest", "--json").json
    assert [run["bits_per_char"] for run in compared["runs"]] == [2.5, 1.5]
    assert textgen("plugins", "freeze", "alice@1").out.endswith("textgen-parts==1.0\n")


def test_what_is_no_version_is_an_error_everywhere(textgen, two):
    for command in (
        ["generate"],
        ["evaluate"],
        ["resume"],
        ["runs", "show"],
        ["plugins", "freeze"],
    ):
        line = textgen(*command, "alice@bset").error_line(1)
        assert "no version 'bset' of the model alice" in line
        assert "textgen models show alice" in line
    assert "alice@latest" in textgen("generate", "alice").error_line(1)


def test_a_version_is_not_gone_on_with(textgen, two):
    line = textgen("resume", "alice@1").error_line(2)
    assert f"textgen resume {two.id}" in line


def test_a_run_cannot_be_named_like_a_version(tiny):
    assert "between a named model and its version" in tiny("--name", "alice@3").error_line(2)


def test_generate_and_evaluate_use_the_versions_own_weights_when_its_run_has_gone_on(tiny, textgen):
    tiny("--name", "plain", "--epochs", 5, "--max-seconds", "0.001")
    textgen("models", "register", "plain", "rhyme")
    words = ["--seed", "1", "--length", "60", "--device", "cpu", "--json"]
    before = textgen("generate", "plain", *words).json
    assert textgen("resume", "plain", "--max-seconds", "100").code == 0
    assert textgen("generate", "rhyme@1", *words).json == {**before, "version": "rhyme@1"}
    assert textgen("generate", "plain", *words).json["texts"] != before["texts"]
    figures = {}
    for name in ("rhyme@latest", "plain"):
        measured = textgen("evaluate", name, "--device", "cpu", "--json").json["bits_per_char"]
        recorded = textgen("runs", "show", name, "--json").json["bits_per_char"]
        assert measured == pytest.approx(recorded)
        figures[name] = measured
    assert figures["rhyme@latest"] > figures["plain"]


COMPLETING = """
import contextlib, io, json, os, shlex, sys
from textgen.cli.bash_words import Typed
from textgen.cli.main import main

sys.argv, asked = ["textgen"], json.loads(sys.argv[1])
for line in asked:
    words = shlex.split(line) + ([""] if line.endswith(" ") else [])
    Typed.before = ""
    os.environ |= {
        "_TEXTGEN_COMPLETE": "complete_bash",
        "COMP_WORDS": "\\n".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        main()
    print(json.dumps(said.getvalue().split()))
assert "torch" not in sys.modules
"""

OFFERED = {
    "textgen generate ": ["latest", "plain", "alice@latest", "alice@best"],
    "textgen generate al": ["alice@latest", "alice@best", "alice@2", "alice@1"],
    "textgen generate alice @": ["@latest", "@best", "@2", "@1"],
    "textgen generate alice @ b": ["@best"],
    "textgen runs compare plain alice @ 2": ["@2"],
    "textgen models register pl": ["plain"],
    "textgen models register plain ": ["alice"],
    "textgen models show ": ["alice"],
    "textgen models show alice @ b": ["@best"],
    "textgen models alias alice @": ["@latest", "@best", "@2", "@1"],
    "textgen models history a": ["alice"],
    "textgen models delete alice @ 1": ["@1"],
    "textgen models delete x": [],
}


def test_models_versions_and_aliases_are_offered_without_torch(program, two, records):
    """Bash breaks words at @, and completes it with what follows."""
    NamedModels(records).alias("alice", "best", 2)
    done = program(json.dumps(list(OFFERED)), launcher=(sys.executable, "-c", COMPLETING))
    assert (done.code, done.err) == (0, "")
    offered = [json.loads(line) for line in done.out.splitlines()]
    assert dict(zip(OFFERED, offered, strict=True)) == OFFERED


def test_no_command_on_models_imports_torch(probe, two):
    lines = "list", "show alice", "register plain x"
    imported = probe(*(["models", *line.split()] for line in lines)).modules
    assert "textgen_registry.models.named_models" in imported
    assert not {"torch", "numpy"} & imported
