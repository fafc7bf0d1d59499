"""Runs whose record is of another time: older options, a text that was divided otherwise."""

import dataclasses

import pytest

from textgen.cli.workspace import installed_plugins, recorded_settings


def test_a_run_older_than_bounded_evaluations_is_scored_as_it_was(tiny, records):
    tiny()
    run = records.find("latest")
    training = {
        key: value for key, value in run.config["training"].items() if key != "evaluation_tokens"
    }
    older = dataclasses.replace(run, config={**run.config, "training": training})
    plugins = installed_plugins()
    assert recorded_settings(plugins, older).training.evaluation_tokens is None
    assert recorded_settings(plugins, run).training.evaluation_tokens == 1_000_000


@pytest.mark.parametrize("command", [["resume"], ["runs", "reproduce"]])
@pytest.mark.parametrize("batching", ["windows", "streams"])
def test_who_goes_on_with_or_repeats_a_run_whose_windows_had_another_order_is_told(
    tiny, textgen, records, monkeypatch, batching, command
):
    tiny("--set", f"training.batching={batching}", "--max-seconds", 0.001, "--name", "old")
    assert "shuffled otherwise" not in textgen("resume", "old", "--max-seconds", 0.001).err
    find = type(records).find

    def find_older(self, *asked):
        run = find(self, *asked)
        training = {**run.config["training"]}
        training.pop("within_documents")
        return dataclasses.replace(run, config={**run.config, "training": training})

    monkeypatch.setattr(type(records), "find", find_older)
    said = textgen(*command, "old").err
    assert ("shuffled otherwise" in said) == (batching == "windows")


@pytest.fixture
def folder(tmp_path, rhyme):
    """Three files that together are a rhyme."""
    text, folder = rhyme.read_text(), tmp_path / "parts"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(text[number * 500 : (number + 1) * 500])
    return folder


def test_a_text_divided_otherwise_since_the_run_has_no_held_out_part(tiny, textgen, folder):
    """By documents, what was trained on would be scored as held out."""
    words = ["--set", "source.separator=", "--set", "training.split=documents", "--name", "mine"]
    assert tiny("--source", f"file:{folder}", *words).code == 0
    assert textgen("evaluate", "mine").code == 0
    first, second = (folder / f"{number}.txt" for number in (1, 2))
    text = first.read_text() + second.read_text()
    first.write_text(text[:100])
    second.write_text(text[100:])
    for command in (["evaluate", "mine"], ["runs", "reproduce", "mine"], ["resume", "mine"]):
        line = textgen(*command).error_line(1)
        assert "its documents begin elsewhere" in line
