"""A run that was stopped, gently or not, and goes on as if it had never been."""

import os
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch

from textgen.cli.interruption import stop_on_interrupt
from textgen.training.checkpoints import unpack
from textgen.training.stepper import Stepper
from textgen_registry import Registry

SLOWER = ["--epochs", "8", "--set", "training.evaluate_every=1"]


@pytest.fixture
def words(rhyme, tiny_words):
    """A run of a second or more, evaluated often."""
    return ["run", "--source", f"file:{rhyme}", *tiny_words, *SLOWER]


@pytest.fixture
def show(textgen):
    return lambda run: textgen("runs", "show", run, "--json").json


@pytest.fixture
def stop(words):
    """Starts the run as a process of its own, sends it a signal in training, and waits for it."""

    def send(number, name):
        command = [sys.executable, "-m", "textgen", *words, "--name", name]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
        with subprocess.Popen(command, **pipes) as process:
            told = "".join(process.stderr.readline() for _ in range(6))  # two evaluations
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
        return process.returncode, out, told + err

    return send


@pytest.fixture
def whole(textgen, words, show):
    """The run as it is when nothing stops it."""
    assert textgen(*words, "--name", "whole").code == 0
    return show("whole")


@pytest.fixture
def training_state(artifact_path):
    """Returns what training would go on from: weights, optimiser, position, random state."""

    def read(run):
        registry = Path(os.environ["TEXTGEN_REGISTRY"])
        return unpack(artifact_path(registry, run, "last.safetensors").read_bytes())["stepper"]

    return read


def assert_same(one, other):
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert_same(value, other[key])
    elif isinstance(one, list | tuple):
        for item, counterpart in zip(one, other, strict=True):
            assert_same(item, counterpart)
    else:
        assert one == other


def sha256(run, name):
    (found,) = (item["sha256"] for item in run["artifacts"] if item["name"] == name)
    return found


def figures(run):
    points = [point for point in run["metrics"] if point["name"] != "seconds"]
    return [(point["name"], point["step"], point["value"]) for point in points]


def test_stopped_by_ctrl_c_and_by_force_and_resumed_equals_never_stopped(
    textgen, stop, whole, show, training_state
):
    """Bit for bit: weights, optimiser, position, random state, figures and sample."""
    code, out, err = stop(signal.SIGINT, "gentle")
    assert (code, out) == (130, "")
    assert "Traceback" not in err
    assert "run gentle (" in err
    stopped = show("gentle")
    assert stopped["status"] == "interrupted"
    assert 0 < stopped["step"] < stopped["plan"]["steps"]
    assert f"textgen resume {stopped['id']}" in err

    code, out, err = stop(signal.SIGKILL, "forced")
    assert (code, out) == (-signal.SIGKILL, "")
    assert show("forced")["status"] == "lost"

    for name in ("gentle", "forced"):
        resumed = textgen("resume", name)
        assert resumed.code == 0
        assert "going on after step" in resumed.err
        run = show(name)
        assert (run["status"], run["reason"]) == ("finished", "all steps taken")
        assert sha256(run, "best.safetensors") == sha256(whole, "best.safetensors")
        assert_same(training_state(run), training_state(whole))
        assert figures(run) == figures(whole)
        assert run["sample_text"] == whole["sample_text"]


def test_a_finished_run_is_not_resumed(textgen, tiny, show):
    tiny()
    before = show("latest")
    assert "nothing is left" in textgen("resume", "latest").error_line(1)
    assert show("latest") == before


def test_a_run_that_ran_out_of_time_goes_on(textgen, tiny, show):
    tiny("--epochs", 3, "--max-seconds", "0.001")
    assert show("latest")["reason"] == "time limit"
    assert textgen("resume", "latest", "--max-seconds", 60).code == 0
    assert show("latest")["reason"] == "all steps taken"


def test_a_changed_text_is_not_resumed(textgen, tiny, rhyme, tmp_path):
    text = tmp_path / "mine.txt"
    text.write_text(rhyme.read_text())
    tiny("--source", f"file:{text}", "--max-seconds", "0.001")
    text.write_text(rhyme.read_text() + "more")
    assert "has changed" in textgen("resume", "latest").error_line(1)
    text.unlink()
    assert "no such file" in textgen("resume", "latest").error_line(1)


def test_the_first_ctrl_c_asks_and_the_second_insists(capsys):
    before = signal.getsignal(signal.SIGINT)
    with stop_on_interrupt() as should_stop:
        assert not should_stop()
        signal.raise_signal(signal.SIGINT)
        assert should_stop()
        assert "once more" in capsys.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.fixture
def insist(monkeypatch):
    """Calls a function in which the second Ctrl-C comes after so many steps."""

    def stop(after, call):
        take, taken = Stepper.take, []

        def interrupted_take(self):
            taken.append(1)
            if len(taken) > after:
                raise KeyboardInterrupt
            return take(self)

        with monkeypatch.context() as patch:
            patch.setattr(Stepper, "take", interrupted_take)
            return call()

    return stop


def test_a_run_stopped_at_once_says_how_to_go_on(tiny, textgen, show, insist):
    """The second Ctrl-C in the midst of a step: the last checkpoint is what is left."""
    done = insist(20, lambda: tiny("--epochs", 3))
    run = show("latest")
    assert done.code == 130
    assert f"textgen resume {run['id']}" in done.err
    assert run["status"] == "interrupted"
    assert textgen("resume", "latest").code == 0
    assert show("latest")["step"] == run["plan"]["steps"]


def test_a_run_stopped_at_once_before_its_first_checkpoint_is_not_to_be_resumed(
    tiny, textgen, show, insist
):
    done = insist(1, lambda: tiny("--name", "short"))
    assert done.code == 130
    assert "textgen resume" not in done.err
    assert f"run {show('short')['id']} has no checkpoint yet" in done.err
    for command in (["resume"], ["evaluate"], ["generate", "--prompt", "one"]):
        line = textgen(*command, "short").error_line(1)
        assert f"run short ({show('short')['id']}), recorded as interrupted" in line
        assert "no checkpoint" in line
        assert f"textgen runs show {show('short')['id']}" in line


def test_a_run_stopped_before_it_was_recorded_names_none_to_resume(tiny, records, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Registry, "create_run", interrupted)
    done = tiny()
    assert done.code == 130
    assert "before anything was recorded" in done.err
    assert "textgen resume" not in done.err
    assert records.runs() == []


def test_a_run_on_a_file_goes_on_from_any_folder(textgen, tmp_path, monkeypatch, tiny_words):
    """The record names the file so that it is found again, however the user named it."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "book.txt").write_text("one, two, buckle my shoe. " * 60)
    monkeypatch.chdir(tmp_path / "here")
    words = ["run", "--source", "file:book.txt", *tiny_words, "--epochs", "10000"]
    assert textgen(*words, "--max-seconds", "0.05").code == 0
    monkeypatch.chdir(tmp_path)
    assert textgen("resume", "latest", "--max-seconds", "0.05").code == 0
    assert textgen("evaluate", "latest").code == 0


@pytest.fixture
def stopped(tiny):
    """A run that ran out of time."""
    assert tiny("--name", "stopped", "--epochs", 3, "--max-seconds", "0.001").code == 0


def test_a_session_unlike_the_first_is_told_and_recorded(textgen, stopped, show, monkeypatch):
    first = show("stopped")
    monkeypatch.setattr("platform.python_version", lambda: "3.99.1")
    resumed = textgen("resume", "stopped")
    notes = [line for line in resumed.err.splitlines() if line.startswith("note: not as")]
    (note,) = notes
    python = first["environment"]["python"]
    assert f"not as in the first session: environment.python {python} → 3.99.1;" in note
    assert "may differ" in note
    run = show("stopped")
    assert [item["first_step"] for item in run["sessions"]] == [0, first["step"]]
    versions = [{"environment.python": version} for version in (python, "3.99.1")]
    assert [item["differs"] for item in run["sessions"]] == versions
    assert run["environment"] == first["environment"]
    page = textgen("runs", "show", "stopped").out
    heading = next(line for line in page.splitlines() if line.startswith("session "))
    assert heading.split("  ")[-1].strip() == "environment.python"


def test_a_session_like_the_first_is_recorded_without_a_word(textgen, stopped, show):
    assert "first session" not in textgen("resume", "stopped").err
    assert [item["differs"] for item in show("stopped")["sessions"]] == [{}, {}]
    assert "after step" in textgen("runs", "show", "stopped").out


def test_a_run_of_one_session_is_shown_without_its_sessions(textgen, stopped):
    assert "after step" not in textgen("runs", "show", "stopped").out


def test_an_interrupted_session_prints_no_sample_of_the_one_before(
    textgen, stopped, show, monkeypatch
):
    assert show("stopped")["sample_text"]
    with monkeypatch.context() as patch:
        patch.setattr("textgen.cli.session.stop_on_interrupt", lambda: nullcontext(lambda: True))
        resumed = textgen("resume", "stopped")
    assert (resumed.code, resumed.out) == (130, "")
    assert "go on with: textgen resume" in resumed.err
    assert show("stopped")["sample_text"] is None
    whole = textgen("resume", "stopped")
    assert whole.out == show("stopped")["sample_prompt"] + show("stopped")["sample_text"] + "\n"


def test_a_run_in_training_is_not_resumed_and_nothing_of_it_changes(textgen, held, show):
    before = show("alive")
    assert "being trained by another process" in textgen("resume", "alive").error_line(1)
    assert show("alive") == before


def test_of_two_processes_that_resume_a_run_one_trains_it(words, textgen, show):
    textgen(*words, "--name", "one", "--max-seconds", "0.001")
    command = [sys.executable, "-m", "textgen", "resume", "one", "--max-seconds", "60"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    with subprocess.Popen(command, **pipes) as first, subprocess.Popen(command, **pipes) as second:
        told = [process.communicate(timeout=90)[1] for process in (first, second)]
    codes = {first.returncode: told[0], second.returncode: told[1]}
    assert codes.keys() == {0, 1}
    assert "being trained by another process" in codes[1] or "nothing is left" in codes[1]
    assert [item["number"] for item in show("one")["sessions"]] == [1, 2]


def test_a_run_whose_process_was_killed_is_resumed_without_a_word(textgen, running, show):
    resumed = textgen("resume", "alive")
    assert resumed.code == 0
    assert "another process" not in resumed.err
    assert show("alive")["status"] == "finished"
