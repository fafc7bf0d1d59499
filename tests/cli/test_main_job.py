"""The main job: from a text to generated text, recorded and read back."""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from textgen.errors import RunNotFoundError
from textgen_registry import Registry

ROW_FIELDS = {
    *("id", "name", "status", "created", "source", "tokenizer", "model", "sampler"),
    *("best_loss", "bits_per_char"),
}


def test_run_trains_prints_the_sample_and_records_the_run(tiny, textgen, rhyme):
    done = tiny("--name", "first", "--tag", "rhymes", "--tag", "short")
    assert done.code == 0
    assert done.out[:100] in rhyme.read_text()  # the prompt: the end of the training text
    assert len(done.out) == 100 + 20 + 1
    assert "held-out loss" in done.err
    assert "run first (" in done.err
    shown = textgen("runs", "show", "first", "--json").json
    assert shown["sample_prompt"] + shown["sample_text"] + "\n" == done.out
    assert shown["tags"] == ["rhymes", "short"]
    assert shown["status"] == "finished"


def test_a_run_can_be_read_back_as_it_was_recorded(textgen, trained, rhyme):
    shown = textgen("runs", "show", "plain", "--registry", trained).out
    for part in ["plain", "finished", "hidden_size", "12", str(rhyme), "validation_loss", "shoe"]:
        assert part in shown
    assert "lstm-stacked of textgen-framework 0.1.0" in shown


def test_runs_list_json_is_a_list_of_objects(textgen, trained, rhyme):
    rows = textgen("runs", "list", "--json", "--registry", trained).json
    assert [row["name"] for row in rows] == ["wider", "plain"]
    for row in rows:
        assert row.keys() >= ROW_FIELDS
        assert row["status"] == "finished"
        assert row["source"] == f"file:{rhyme}"
        assert (row["tokenizer"], row["model"], row["sampler"]) == (
            "char",
            "lstm-stacked",
            "stateful",
        )
        assert 0 < row["best_loss"] < 4
        assert 0 < row["bits_per_char"] < 6
    newest = textgen("runs", "list", "--json", "--limit", 1, "--registry", trained).json
    assert newest == rows[:1]


def test_runs_compare_puts_what_differs_side_by_side(textgen, trained):
    compared = textgen("runs", "compare", "plain", "wider", "--registry", trained)
    line = next(line for line in compared.out.splitlines() if "hidden_size" in line)
    assert line.split() == ["model.hidden_size", "12", "16"]
    rows = textgen("runs", "list", "--json", "--registry", trained).json
    best = min(rows, key=lambda row: row["best_loss"])
    line = next(line for line in compared.out.splitlines() if "validation_loss, best" in line)
    assert f"* {best['best_loss']:#.4g}" in line
    document = textgen("runs", "compare", "plain", "wider", "--json", "--registry", trained).json
    assert [run["name"] for run in document["runs"]] == ["plain", "wider"]


COMMANDS_WITH_JSON = [
    ["generate", "plain", "--length", "5"],
    ["evaluate", "plain"],
    ["runs", "list"],
    ["runs", "show", "plain"],
    ["runs", "compare", "plain", "wider"],
]


@pytest.mark.parametrize("command", COMMANDS_WITH_JSON, ids=" ".join)
def test_json_is_one_strict_document_on_stdout(textgen, trained, command):
    done = textgen(*command, "--json", "--registry", trained)
    assert done.code == 0
    assert done.json
    assert done.err == ""


@pytest.mark.parametrize("command", [["list"], ["show", "lstm-stacked"], ["show", "training"]])
def test_json_of_plugins(textgen, command):
    done = textgen("plugins", *command, "--json")
    assert done.json
    assert done.err == ""


def test_json_of_run_and_resume_is_the_record(tiny, textgen):
    record = tiny("--json", "--max-seconds", "0.001").json
    assert record["status"] == "finished"
    assert record["step"] < record["plan"]["steps"]
    again = textgen("resume", record["id"], "--max-seconds", "60", "--json").json
    assert again["id"] == record["id"]
    assert again["step"] == again["plan"]["steps"]


def test_a_figure_that_is_no_number_is_null_in_json(textgen, tiny):
    """A loss that left the numbers fails the run; its record is still strict JSON."""
    failed = tiny("--set", "training.learning_rate=1e30", "--set", "training.clip=0", "--epochs", 9)
    assert failed.code == 1
    assert "learning_rate" in failed.err
    shown = textgen("runs", "show", "latest", "--json").json
    assert shown["status"] == "failed"
    assert textgen("runs", "show", "latest").code == 0


def test_a_run_is_deleted_and_then_collected(tiny, textgen):
    tiny("--name", "doomed")
    deleted = textgen("runs", "delete", "doomed")
    assert (deleted.code, deleted.out) == (0, "")
    assert "deleted doomed" in deleted.err
    assert textgen("runs", "list", "--json").json == []
    assert textgen("runs", "gc", "--older-than", "0s", "--yes").code == 0
    stored = Path(os.environ["TEXTGEN_REGISTRY"], "objects")
    assert [path for path in stored.rglob("*") if path.is_file()] == []


def test_runs_delete_refuses_a_run_in_training_and_whatever_is_named_beside_it(
    held, tiny, textgen, records
):
    tiny("--name", "done")
    line = textgen("runs", "delete", "done", "alive").error_line(2)
    assert f"alive ({records.find('alive').id})" in line
    assert "being trained by another process" in line
    assert "--force" in line
    assert "done (" not in line
    assert [row.name for row in records.runs()] == ["done", "alive"]


def test_runs_delete_by_force_deletes_a_run_in_training(held, textgen, records):
    done = textgen("runs", "delete", "alive", "--force")
    assert (done.code, done.out) == (0, "")
    assert "alive" in done.err
    assert records.runs() == []


def test_a_run_whose_process_was_killed_is_deleted_without_force(running, textgen, records):
    assert textgen("runs", "delete", "alive").code == 0
    assert records.runs() == []


@pytest.mark.parametrize("moment", ["add_metrics", "store_checkpoint", "set_sample", "finish_run"])
def test_a_run_deleted_while_it_is_trained_says_so(tiny, records, monkeypatch, moment):
    write = getattr(Registry, moment)

    def deleted_before(self, run_id, *arguments, **figures):
        with suppress(RunNotFoundError):
            self.delete_run(run_id)
        write(self, run_id, *arguments, **figures)

    monkeypatch.setattr(Registry, moment, deleted_before)
    done = tiny("--name", "doomed")
    assert (done.code, done.out) == (1, "")
    assert "was deleted" in done.err.splitlines()[-1]
    assert str(records.location.path) in done.err.splitlines()[-1]
    assert records.runs() == []


def test_an_empty_registry_lists_nothing_and_is_not_made(textgen):
    listed = textgen("runs", "list")
    assert (listed.code, listed.out) == (0, "")
    assert "textgen run" in listed.err
    assert textgen("runs", "list", "--json").json == []
    assert not Path(os.environ["TEXTGEN_REGISTRY"]).exists()


def test_the_default_source_is_the_language_reference(textgen):
    planned = textgen("run", "--dry-run", "--json", "--device", "cpu").json
    assert planned["settings"]["source"]["use"] == "pydoc:topics"
    assert planned["plan"]["training_tokens"] > 300_000


def test_the_console_script_is_the_same_program(program, trained):
    script = Path(sys.executable).with_name("textgen")
    answers = [
        program("runs", "list", "--json", launcher=launcher, TEXTGEN_REGISTRY=trained)
        for launcher in [[script], [sys.executable, "-m", "textgen"]]
    ]
    assert answers[0] == answers[1]
    assert len(json.loads(answers[0].out)) == 2


def test_sources_text_prints_what_a_model_would_read(textgen, rhyme):
    done = textgen("sources", "text", f"file:{rhyme}")
    assert (done.code, done.out, done.err) == (0, rhyme.read_text(), "")


def test_a_reader_that_has_gone_is_no_error(program, rhyme, tmp_path):
    """As in `textgen sources text … | head -c 9`."""
    long = tmp_path / "long.txt"
    long.write_text(rhyme.read_text() * 200)
    pipe = f"'{sys.executable}' -m textgen sources text 'file:{long}' | head -c 9"
    done = program("-c", pipe, launcher=["sh"])
    assert (done.out, done.err) == ("one, two,", "")
