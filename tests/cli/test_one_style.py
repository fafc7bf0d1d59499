"""What holds of every command that shows or changes runs and models: messages, JSON, widths."""

import io
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import update

from textgen.cli import display, progress
from textgen_registry.database.schema import run as run_table

HOSTILE = "a\x1b]0;gone\x07b\x9b2Jc\u202ed"
STEERING = set("\x1b\x07\x9b\u202e")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the registry with `alice` is kept that each test gets a copy of."""
    return tmp_path_factory.mktemp("alice") / "registry"


@pytest.fixture
def alice(kept, tiny, textgen, records):
    """A run called `alice`, also known as `carroll@1` and `carroll@best`; trained once for all."""
    own = Path(os.environ["TEXTGEN_REGISTRY"])
    if kept.exists():
        shutil.copytree(kept, own)
    else:
        tiny("--name", "alice", "--tag", "old")
        textgen("models", "register", "alice", "carroll")
        textgen("models", "alias", "carroll@best", 1)
        shutil.copytree(own, kept)
    return records.find("alice")


def test_a_version_is_not_deleted_as_a_run(alice, textgen):
    line = textgen("runs", "delete", "carroll@best").error_line(2)
    assert "textgen models delete carroll@1" in line
    assert f"textgen runs delete {alice.id}" in line
    assert [row["id"] for row in textgen("runs", "list", "--json").json] == [alice.id]


def test_a_run_is_not_compared_with_itself(alice, textgen):
    line = textgen("runs", "compare", "alice", "latest").error_line(2)
    assert f"alice and latest are one run ({alice.id})" in line
    assert textgen("runs", "compare", "alice", "carroll@1").code == 0


def test_what_was_no_tag_is_told(alice, textgen):
    done = textgen("runs", "tag", "alice", "--remove", "odl")
    assert done.code == 0
    assert f"note: alice ({alice.id}) had no tag 'odl'" in done.err


def test_what_changes_runs_tells_programs_which(alice, textgen):
    which = {"id": alice.id, "name": "alice"}
    tagged = textgen("runs", "tag", "alice", "new", "--json").json
    assert tagged == {**which, "tags": ["new", "old"]}
    renamed = textgen("runs", "rename", "alice", "alice", "--json")
    assert renamed.json == {**which, "before": "alice"}
    assert "already" in renamed.err
    textgen("models", "delete", "carroll", "--yes", "--force")
    assert textgen("runs", "delete", "alice", "--json").json == {"deleted": [which]}
    assert textgen("runs", "restore", "alice", "--json").json == {"restored": [which]}
    textgen("runs", "delete", "alice")
    waiting = textgen("runs", "gc", "--json").json
    assert (waiting["removed"], waiting["waiting"]) == ([], [which])
    words = ["runs", "gc", "--older-than", "0d", "--json"]
    planned, done = (textgen(*words, way).json for way in ("--dry-run", "--yes"))
    assert (planned["removed"], planned["dry_run"]) == ([which], True)
    assert done == {**planned, "dry_run": False}


@pytest.mark.parametrize("command", [["generate"], ["evaluate"], ["plugins", "freeze"]])
def test_what_is_made_of_a_version_tells_which(alice, textgen, command):
    made = textgen(*command, "carroll@best", "--json").json
    which = [made[key] for key in ("run_id", "run_name", "version")]
    assert which == [alice.id, "alice", "carroll@1"]
    assert textgen(*command, "alice", "--json").json["version"] is None


def test_nothing_recorded_steers_a_terminal(alice, textgen, records):
    hostile = {"config": {"model": {"use": HOSTILE}}, "provenance": {"title": HOSTILE}}
    change = update(run_table).values(name=HOSTILE, **hostile)
    records.database.write(lambda connection: connection.execute(change))
    commands = [
        *(["runs", name, alice.id] for name in ("show", "note", "tag", "delete")),
        ["models", "show", "carroll"],
        ["models", "show", "carroll@1"],
        ["evaluate", "carroll@1"],
        ["runs", "list", "--deleted"],
        ["runs", "restore", alice.id],
    ]
    for words in commands:
        done = textgen(*words)
        assert not STEERING & set(done.out + done.err), words
    assert r"a\x1b]0;gone\x07b\x9b2Jc\u202ed" in textgen("runs", "show", alice.id).out


def test_a_written_text_reaches_a_pipe_as_it_is_and_steers_no_terminal(capsys, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    display.print_text(HOSTILE, f"{HOSTILE}\n\t.")
    assert capsys.readouterr().out == f"{HOSTILE}{HOSTILE}\n\t.\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    display.print_text(HOSTILE, f"{HOSTILE}\n\t.")
    shown = capsys.readouterr().out
    assert not STEERING & set(shown)
    assert shown.endswith("d\n\t.\n")


@pytest.fixture
def screen(monkeypatch):
    """Gives a command a terminal of so many columns; returns what that shows."""

    def show(width, *modules):
        terminal = io.StringIO()
        console = Console(file=terminal, width=width, force_terminal=True, color_system=None)
        for module in (display, *modules):
            monkeypatch.setattr(module, "make_console", lambda *, stderr=False: console)
        return terminal

    return show


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("words", [["list"], ["show", "carroll"], ["history", "carroll"]])
def test_pages_of_models_fit_any_terminal_with_whole_words(alice, textgen, screen, width, words):
    terminal = screen(width)
    assert textgen("models", *words).code == 0
    heading, *lines = [line.rstrip() for line in terminal.getvalue().splitlines()]
    assert all(len(line) <= width for line in [heading, *lines])
    telling = {"what", "alias", "from", "to"} if words[0] == "history" else {"bits/char", "aliases"}
    assert telling <= set(heading.split())


def test_a_checksum_is_folded_never_cut(alice, textgen, screen):
    terminal = screen(60)
    textgen("runs", "show", "alice")
    assert alice.provenance["sha256_text"] in "".join(terminal.getvalue().split())


def test_an_evaluation_shows_on_a_terminal_how_far_it_has_come(alice, textgen, screen):
    terminal = screen(80, progress)
    assert textgen("evaluate", "alice", "--json").code == 0
    assert "evaluating" in terminal.getvalue()
    assert "100%" in terminal.getvalue()


def test_a_path_without_its_source_is_answered_with_it(textgen):
    for path in ("./book.txt", "book.txt", "~/books", "/books/alice"):
        assert f"did you mean 'file:{path}'?" in textgen("run", "--source", path).error_line(2)
    assert "'file:" not in textgen("run", "--source", "pydog").error_line(2)


def test_a_session_says_how_long_it_may_take(tiny, textgen):
    tiny("--name", "short", "--epochs", 3, "--max-seconds", "0.001")
    done = textgen("resume", "short", "--max-seconds", "90")
    assert re.search(r"^going on after step \d+ of \d+, for 1 min 30 s at most$", done.err, re.M)
