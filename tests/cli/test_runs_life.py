"""A run after it was made, on the command line: labels, the trash, collection, verification."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import update

from textgen.cli import progress
from textgen_registry import Registry, trashed_runs
from textgen_registry.ages import age_of
from textgen_registry.database.schema import note
from textgen_registry.database.schema import run as run_table

SETTINGS = {
    "source": "gutenberg:alice",
    "tokenizer": "char",
    "model": "lstm-stacked",
    "sampler": "stateful",
    "config": {"model": {"hidden_size": 256}},
    "parts": {},
    "provenance": {},
    "environment": {},
    "plan": {"steps": 1},
}
ENDING = {"step": 1, "summary": {}, "reason": "", "best_loss": None, "bits_per_char": None}


@pytest.fixture
def recorded(records):
    """Records a finished run with a file of its own and one that all have; gives its id."""

    def record(name):
        run = records.create_run(name=name, **SETTINGS)
        records.put_artifacts(run.id, {"own": name.encode(), "shared": b"same"})
        records.finish_run(run.id, status="finished", **ENDING)
        return run.id

    return record


def test_tags_are_given_and_taken_and_shown(textgen, recorded):
    run = recorded("alice")
    done = textgen("runs", "tag", "alice", "draft", "two words")
    assert (done.code, done.out, done.err) == (0, "", f"alice ({run}): draft, two words\n")
    assert textgen("runs", "tag", "alice", "final", "--remove", "draft").code == 0
    assert textgen("runs", "show", "alice", "--json").json["tags"] == ["final", "two words"]
    assert "--remove" in textgen("runs", "tag", "alice").error_line(2)
    assert "control characters" in textgen("runs", "tag", "alice", "\x1b[2J").error_line(2)


def test_notes_are_written_printed_and_shown_with_the_run(textgen, recorded):
    recorded("alice")
    assert "textgen runs note alice" in textgen("runs", "note", "alice").err
    for text in ("the first", "one\ntwo\n" * 500):
        done = textgen("runs", "note", "alice", text)
        assert (done.code, done.out) == (0, "")
    printed = textgen("runs", "note", "alice").out
    assert printed.count("@") == 2
    assert "\n  the first\n" in printed
    assert printed.count("  two\n") == 500
    assert printed in textgen("runs", "show", "alice").out
    listed = textgen("runs", "note", "alice", "--json").json
    assert [item["text"] for item in listed] == ["the first", ("one\ntwo\n" * 500).strip()]
    assert textgen("runs", "show", "alice", "--json").json["notes"] == listed
    assert len(textgen("runs", "list").out.splitlines()) == 2
    assert textgen("runs", "note", "alice", "third", "--json").json[2]["text"] == "third"


def test_a_note_that_came_in_by_another_way_never_garbles_the_terminal(textgen, recorded, records):
    recorded("alice")
    textgen("runs", "note", "alice", "hello")
    hostile = update(note).values(text="a\x1b[2J\x9b1m\rb\u202ec", author="\x07me")
    records.database.write(lambda connection: connection.execute(hostile))
    for command in ("note", "show"):
        shown = textgen("runs", command, "alice").out
        assert r"a\x1b[2J\x9b1m\rb\u202ec" in shown
        assert not {"\x1b", "\x9b", "\r", "\x07", "\u202e"} & set(shown)


def test_a_run_is_renamed_unless_the_name_is_taken(textgen, recorded):
    run, other = recorded("alice"), recorded("emma")
    assert textgen("runs", "rename", "alice", "best").err == f"alice ({run}) is called best now\n"
    assert other in textgen("runs", "rename", "best", "emma").error_line(2)
    assert [row["name"] for row in textgen("runs", "list", "--json").json] == ["emma", "best"]


def test_labels_change_while_another_process_trains_the_run(textgen, records):
    records.create_run(name="alive", **SETTINGS)
    assert textgen("runs", "tag", "alive", "a").code == 0
    assert textgen("runs", "note", "alive", "text").code == 0
    assert textgen("runs", "rename", "alive", "still-alive").code == 0
    assert textgen("runs", "list", "--json").json[0]["status"] == "running"


def test_delete_asks_nothing_and_says_how_to_undo_it(textgen, recorded):
    run, other = recorded("alice"), recorded("emma")
    done = textgen("runs", "delete", "alice", "emma", "alice")
    assert (done.code, done.out) == (0, "")
    assert f"alice ({run}), emma ({other})" in done.err
    assert f"textgen runs restore {run} {other}" in done.err
    assert "textgen runs gc" in done.err
    assert "30 days" in done.err
    assert textgen("runs", "list", "--json").json == []
    assert f"textgen runs restore {run}" in textgen("runs", "show", "alice").error_line(1)
    assert "in the trash since" in textgen("runs", "show", run).out
    assert textgen("runs", "restore", "alice", other).err.count("restored") == 2
    assert len(textgen("runs", "list", "--json").json) == 2
    assert textgen("runs", "delete", "alice", "--yes").code == 0


def test_a_run_in_training_is_deleted_by_force_alone(textgen, records, recorded):
    recorded("done")
    run = records.create_run(name="alive", **SETTINGS)
    line = textgen("runs", "delete", "done", "alive").error_line(2)
    assert run.id in line
    assert "nothing was deleted" in line
    assert trashed_runs(records) == []
    assert textgen("runs", "delete", "alive", "--force").code == 0
    assert [item.id for item in trashed_runs(records)] == [run.id]


def test_a_name_taken_meanwhile_is_told_with_the_way_out(textgen, recorded):
    run = recorded("alice")
    textgen("runs", "delete", "alice")
    recorded("alice")
    line = textgen("runs", "restore", "alice").error_line(2)
    assert f"textgen runs restore {run} --name" in line
    assert textgen("runs", "restore", "alice", "--name", "first").code == 0
    assert textgen("runs", "show", "first", "--json").json["id"] == run
    assert "in the trash" in textgen("runs", "restore", "alice").error_line(1)


def test_one_name_is_not_given_to_two_runs(textgen, recorded):
    textgen("runs", "delete", recorded("alice"), recorded("emma"))
    assert "--name" in textgen("runs", "restore", "alice", "emma", "--name", "x").error_line(2)


def test_gc_tells_what_it_would_do_then_asks_then_does_it(textgen, recorded, records):
    run = recorded("alice")
    recorded("kept")
    textgen("runs", "delete", "alice")
    young = textgen("runs", "gc", "--yes")
    assert (young.code, young.out) == (0, "")
    assert "1 run not yet in the trash for 30d: kept" in young.err
    words = ["runs", "gc", "--older-than", "0d"]
    planned = textgen(*words, "--dry-run")
    assert (planned.code, run in planned.out) == (0, True)
    assert "would be removed for good: 1 run, 1 file, 5 bytes" in planned.err
    refused = textgen(*words)
    assert refused.code == 2
    assert "--yes" in refused.err
    assert [item.id for item in trashed_runs(records)] == [run]
    done = textgen(*words, "--yes")
    assert (done.code, done.out) == (0, "")
    assert "removed for good: 1 run, 1 file, 5 bytes" in done.err
    assert trashed_runs(records) == []
    assert "removed for good: nothing" in textgen(*words).err
    assert textgen("runs", "verify").code == 0


def test_an_age_is_a_number_and_a_unit(textgen):
    hours = {"90m": 1.5, "12h": 12, "30d": 720, "2w": 336, "0s": 0}
    assert {text: age_of(text).total_seconds() / 3600 for text in hours} == hours
    for text in ("", "30", "d", "-1d", "1.5d", "1y", "9999999d", "٣d"):
        assert age_of(text) is None
    line = textgen("runs", "gc", "--older-than", "soon").error_line(2)
    assert "'soon'" in line
    assert "such as 30d" in line


def test_verify_names_what_is_damaged_and_fails(textgen, recorded, artifact_path, records):
    run = recorded("alice")
    recorded("emma")
    sound = textgen("runs", "verify")
    assert (sound.code, sound.out) == (0, "")
    assert "4 files (13 bytes): all as recorded" in sound.err
    registry = records.location.path
    path = artifact_path(registry, textgen("runs", "show", run, "--json").json, "shared")
    path.write_bytes(b"sama")
    broken = textgen("runs", "verify")
    assert broken.code == 1
    assert f"run alice ({run}), shared: " in broken.out
    assert "run emma (" in broken.out
    for part in (str(path), f"expected sha256 {path.name}", "2 damaged"):
        assert part in broken.out + broken.err
    told = textgen("runs", "verify", "alice", "--json")
    assert (told.code, told.json["sound"]) == (1, False)
    (damage,) = told.json["damaged"]
    assert (damage["place"], damage["expected"]) == (str(path), path.name)
    assert [(file["run_id"], file["file"]) for file in damage["files"]] == [(run, "shared")]
    assert "no run 'nobody'" in textgen("runs", "verify", "nobody").error_line(1)


def test_verify_tells_of_files_that_nobody_names(textgen, recorded, records):
    recorded("alice")
    records.files.put([b"stray"])
    found = textgen("runs", "verify")
    assert found.code == 0
    assert "1 stored file (5 bytes) that nothing names" in found.err
    assert textgen("runs", "verify", "--json").json["unnamed"][0]["size"] == 5


def test_verify_shows_on_a_terminal_how_far_it_has_come(textgen, recorded, monkeypatch):
    recorded("alice")
    terminal = io.StringIO()
    console = Console(file=terminal, force_terminal=True, width=80)
    monkeypatch.setattr(progress, "make_console", lambda *, stderr: console)
    assert textgen("runs", "verify").code == 0
    assert "100%" in terminal.getvalue()


@pytest.mark.parametrize(
    ("words", "offered"), [("runs restore ", {"gone"}), ("runs verify ", {"kept", "latest"})]
)
def test_tab_completes_runs_in_the_trash_where_they_are_meant(
    program, recorded, textgen, words, offered
):
    recorded("kept")
    recorded("gone")
    textgen("runs", "delete", "gone")
    typed = f"textgen {words}"
    asked = {
        "_TEXTGEN_COMPLETE": "complete_bash",
        "COMP_WORDS": typed.replace(" ", "\n"),
        "COMP_CWORD": str(len(typed.split())),
    }
    script = Path(sys.executable).with_name("textgen")
    assert set(program(launcher=[script], **asked).out.split()) == offered


@pytest.mark.parametrize(
    ("change", "told"),
    [({"lease": "another's"}, "taken over"), ({"deleted": 1}, "textgen runs restore")],
)
def test_training_whose_run_is_taken_away_ends_and_says_why(
    tiny, records, monkeypatch, change, told
):
    """By another process, which the row alone tells of."""
    write = Registry.store_checkpoint

    def taken_before(self, run_id, *arguments, **figures):
        records.database.write(lambda c: c.execute(update(run_table).values(**change)))
        write(self, run_id, *arguments, **figures)

    monkeypatch.setattr(Registry, "store_checkpoint", taken_before)
    done = tiny("--name", "alice")
    assert (done.code, done.out) == (1, "")
    assert told in done.err.splitlines()[-1]
    assert "Traceback" not in done.err


def test_the_commands_of_a_run_s_life_never_import_torch(probe, recorded, records):
    recorded("alice")
    records.delete_run(recorded("gone"))
    lines = "tag alice a", "note alice a", "rename alice a", "restore gone", "gc", "verify"
    imported = probe(*(["runs", *line.split()] for line in lines)).modules
    assert "textgen_registry" in imported
    assert not {"torch", "numpy"} & imported
