"""`textgen runs reproduce`: a run is trained again, and whether it came out the same is said."""

import io
import itertools
from contextlib import contextmanager

import pytest
import torch
from rich.console import Console
from sqlalchemy import select

from textgen.runs import Run
from textgen.training.loop import Trainer
from textgen.training.stepper import Stepper
from textgen_registry import Registry
from textgen_registry.database.schema import event


@pytest.fixture
def show(textgen):
    return lambda run: textgen("runs", "show", run, "--json").json


@pytest.fixture
def stopping(monkeypatch):
    """A context in which Ctrl-C comes when training has asked for it so many times."""

    @contextmanager
    def context(after):
        asked = itertools.count()

        @contextmanager
        def stop_on_interrupt():
            yield lambda: next(asked) >= after

        with monkeypatch.context() as patch:
            patch.setattr("textgen.cli.session.stop_on_interrupt", stop_on_interrupt)
            yield

    return context


@pytest.fixture
def verdict(textgen):
    """Reproduces a run that must come out the same; returns the verdict."""

    def judge(run):
        done = textgen("runs", "reproduce", run, "--json")
        assert done.code == 0, done
        return done.json

    return judge


def test_a_finished_run_comes_out_the_same(textgen, tiny, show, records):
    tiny("--name", "first", "--tag", "mine")
    done = textgen("runs", "reproduce", "first")
    first, again = show("first"), show("first-again")
    assert done.code == 0
    assert done.out.startswith(f"identical: run first-again ({again['id']}), trained again from")
    assert "best.safetensors  the same file" in done.out
    assert "last.safetensors  the same tensors, byte for byte" in done.out
    assert "the same text" in done.out
    assert again["config"] == first["config"]
    assert again["sample_text"] == first["sample_text"]
    chosen = select(event.c.run_id, event.c.detail).where(event.c.kind == "reproduced")
    ((run_id, detail),) = records.database.read(lambda c: c.execute(chosen).all())
    assert (run_id, detail["again"], detail["identical"]) == (first["id"], again["id"], True)


def test_the_verdict_is_one_document(textgen, tiny):
    tiny("--name", "first")
    done = textgen("runs", "reproduce", "first", "--json", "--name", "other")
    assert done.json["identical"] is True
    assert done.json["again"]["name"] == "other"
    assert {file["name"]: file["same"] for file in done.json["files"]} == {
        "best.safetensors": True,
        "last.safetensors": True,
        "tokenizer.json": True,
    }


def test_a_run_that_its_time_limit_ended_takes_as_many_steps_again(textgen, tiny, show):
    tiny("--name", "short", "--epochs", 3, "--max-seconds", "0.001")
    textgen("resume", "short", "--max-seconds", "0.001")
    steps = show("short")["step"]
    assert steps < show("short")["plan"]["steps"]
    done = textgen("runs", "reproduce", "short")
    assert done.code == 0, done
    assert f"{steps} steps, as many as its time limit let it take" in done.err
    assert show("short-again")["step"] == steps


def test_a_run_is_done_where_the_original_ended(textgen, tiny, monkeypatch):
    tiny("--name", "short", "--epochs", 3, "--max-seconds", "0.001")
    terminal = io.StringIO()
    console = Console(file=terminal, force_terminal=True, width=80, color_system=None)
    monkeypatch.setattr("textgen.cli.session.make_console", lambda *, stderr: console)
    assert textgen("runs", "reproduce", "short").code == 0
    assert "100%" in terminal.getvalue().rpartition("epoch ")[2]


@pytest.mark.parametrize("after", [0, 1, 37])
def test_an_interrupted_run_is_repeated_as_far_as_it_came(tiny, show, verdict, stopping, after):
    with stopping(after):
        assert tiny("--name", "part", "--epochs", 3).code == 130
    assert verdict("part")["identical"] is True
    part, again = show("part"), show("part-again")
    assert (again["step"], again["status"]) == (part["step"], "interrupted")
    assert again["sample_text"] is None


def test_a_resumed_run_comes_out_as_in_one_go(textgen, tiny, show, verdict, stopping):
    with stopping(20):
        tiny("--name", "part", "--epochs", 3)
    textgen("resume", "part", "--max-seconds", "0.001")
    textgen("resume", "part")
    found = verdict("part")
    assert found["steps"] == [90, 90]
    assert len(show("part-again")["sessions"]) == 1


@pytest.fixture
def lose(records):
    """Leaves a run as one whose process died when it had gone on with it."""

    def leave(name):
        run = records.find(name)
        records.hold(run.id)
        records.resume_run(run.id, run.step, environment=run.environment, parts=run.parts)
        records.release(run.id)
        return run.id

    return leave


@pytest.fixture
def lost(tiny, lose, stopping):
    """A run called `lost`, whose process died after it had kept a checkpoint."""
    with stopping(40):
        tiny("--name", "lost", "--epochs", 3)
    lose("lost")


def test_a_lost_run_is_repeated_to_its_last_checkpoint(lost, textgen):
    done = textgen("runs", "reproduce", "lost")
    assert done.code == 0, done
    assert "as far as its last checkpoint, after step" in done.err
    assert "(lost)" in done.err


def test_a_lost_run_says_how_to_go_on_and_goes_on(lost, textgen, show):
    run = show("lost")
    assert run["status"] == "lost"
    page = textgen("runs", "show", "lost").out
    assert f"textgen resume {run['id']}" in page
    resumed = textgen("resume", "lost")
    assert resumed.code == 0
    assert f"run lost ({run['id']}) was lost" in resumed.err
    assert show("lost")["status"] == "finished"
    assert "go on with" not in textgen("runs", "show", "lost").out


def test_a_lost_run_without_a_checkpoint_is_not_said_to_go_on(tiny, lose, textgen, monkeypatch):
    def interrupted(self):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Stepper, "take", interrupted)
        patch.setattr(Run, "rehearse", lambda self: None)
        tiny("--name", "lost")
    run_id = lose("lost")
    page = textgen("runs", "show", "lost").out
    assert "textgen resume" not in page
    assert "no checkpoint" in page
    for command in (["resume"], ["runs", "reproduce"]):
        line = textgen(*command, "lost").error_line(1)
        assert f"run lost ({run_id}), recorded as lost, has no checkpoint" in line


def test_a_run_that_failed_comes_out_the_same_as_far_as_its_checkpoint(
    tiny, show, verdict, monkeypatch
):
    with monkeypatch.context() as patch:
        take_in = Trainer._record_training

        def fail(self):
            take_in(self)
            if self.stepper.step == 20:
                raise RuntimeError("a broken part")

        patch.setattr(Trainer, "_record_training", fail)
        assert tiny("--name", "failed").code == 1
    assert show("failed")["status"] == "failed"
    found = verdict("failed")
    assert found["steps"][1] < found["steps"][0]


@pytest.fixture
def otherwise(monkeypatch):
    """Lets weights begin as with another seed, and Python be another."""

    def change():
        seed = torch.manual_seed
        monkeypatch.setattr("torch.manual_seed", lambda number: seed(number + 1))
        monkeypatch.setattr("platform.python_version", lambda: "3.99.1")

    return change


def test_what_came_out_otherwise_is_told_with_what_may_be_why(textgen, tiny, show, otherwise):
    tiny("--name", "first")
    python = show("first")["environment"]["python"]
    otherwise()
    done = textgen("runs", "reproduce", "first")
    assert done.code == 1
    (note,) = [line for line in done.err.splitlines() if line.startswith("note: not as it was")]
    assert f"environment.python {python} → 3.99.1" in note
    lines = done.out.splitlines()
    assert lines[0].startswith("not identical: run first-again")
    (figures,) = [line for line in lines if line.startswith("figures")]
    assert "first train_loss at step 1: " in figures
    (losses,) = [line for line in lines if line.startswith("held-out loss")]
    assert repr(show("first")["best_loss"]) in losses
    assert repr(show("first-again")["best_loss"]) in losses
    assert "another text" in done.out
    assert lines[-1].split() == ["environment.python", python, "3.99.1"]
    found = textgen("runs", "reproduce", "first", "--json")
    assert (found.code, found.json["identical"]) == (1, False)
    assert found.json["first_difference"]["step"] == 1


def test_where_nothing_that_is_recorded_differs_that_is_said(textgen, tiny, monkeypatch):
    tiny("--name", "first")
    seed = torch.manual_seed
    monkeypatch.setattr("torch.manual_seed", lambda number: seed(number + 1))
    done = textgen("runs", "reproduce", "first")
    assert done.code == 1
    assert "no recorded setting, version or device differs" in done.out


def test_a_text_that_has_changed_or_is_gone_is_told_before_training(
    textgen, tiny, rhyme, tmp_path, records
):
    text = tmp_path / "mine.txt"
    text.write_text(rhyme.read_text())
    tiny("--source", f"file:{text}", "--name", "first")
    text.write_text(rhyme.read_text() + "more")
    line = textgen("runs", "reproduce", "first").error_line(1)
    assert "has changed since run first" in line
    assert "cannot come out the same" in line
    text.unlink()
    assert "no such file" in textgen("runs", "reproduce", "first").error_line(1)
    assert [row.name for row in records.runs()] == ["first"]


def test_a_device_that_is_not_here_is_told_before_training(textgen, tiny, records, monkeypatch):
    tiny("--name", "first")
    with monkeypatch.context() as patch:
        patch.setattr("textgen.training.devices.available_devices", lambda: ["mps"])
        line = textgen("runs", "reproduce", "first").error_line(1)
    assert "was trained on cpu" in line
    assert "--device" in line
    assert len(records.runs()) == 1


def test_as_many_threads_compute_as_did(textgen, tiny, show):
    torch.set_num_threads(2)
    tiny("--name", "first", "--max-seconds", "0.001")
    threads = show("first")["environment"]["threads"]
    torch.set_num_threads(1)
    textgen("runs", "reproduce", "first")
    assert show("first-again")["environment"]["threads"] == threads


def test_a_run_in_training_is_not_reproduced(textgen, tiny, records):
    tiny("--name", "alive")
    run = records.find("alive")
    records.hold(run.id)
    records.resume_run(run.id, run.step, environment=run.environment, parts=run.parts)
    assert Registry(records.location.path).find("alive").status == "running"
    assert "being trained by another process" in textgen("runs", "reproduce", "alive").error_line(2)


def test_ctrl_c_stops_without_a_verdict(textgen, tiny, stopping, show):
    tiny("--name", "first")
    with stopping(5):
        done = textgen("runs", "reproduce", "first")
    assert (done.code, done.out) == (130, "")
    assert "is not known" in done.err
    assert f"textgen runs reproduce {show('first')['id']}" in done.err
    assert show("first-again")["status"] == "interrupted"


def test_a_name_that_is_taken_is_refused_before_training(textgen, tiny):
    tiny("--name", "first")
    assert "is taken" in textgen("runs", "reproduce", "first", "--name", "first").error_line(2)


def test_a_missing_plugin_is_named_with_what_brings_it_back(textgen, tiny, uninstall):
    tiny("--name", "first")
    uninstall("model")
    line = textgen("runs", "reproduce", "first").error_line(2)
    assert "textgen plugins install" in line
