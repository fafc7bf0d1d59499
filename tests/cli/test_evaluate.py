"""`textgen evaluate`: the recorded figures again, and those of other texts."""

import pytest


@pytest.fixture
def record(textgen, trained):
    return textgen("runs", "show", "plain", "--json", "--registry", trained).json


@pytest.fixture
def evaluate(textgen, trained):
    return lambda *words: textgen("evaluate", "plain", "--registry", trained, *words)


def test_the_recorded_loss_is_found_again(evaluate, record):
    report = evaluate("--json").json
    assert report["validation_loss"] == pytest.approx(record["best_loss"], abs=1e-6)
    assert report["bits_per_char"] == pytest.approx(record["bits_per_char"], abs=1e-6)
    assert report["tokens"] == record["plan"]["validation_tokens"]
    printed = evaluate()
    assert f"{record['best_loss']:#.4g}" in printed.out
    assert printed.err == ""


def test_another_text_is_scored_whole(evaluate, record, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("two doors, one shoe; " * 30)
    report = evaluate("--source", f"file:{other}", "--json").json
    assert report["source"] == f"file:{other}"
    assert report["part"] == "whole text"
    assert report["characters"] == 21 * 30 - 1  # nothing stands before the first character
    assert report["validation_loss"] != record["best_loss"]


def test_a_text_with_unknown_characters_is_refused(evaluate, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("Мой дядя")
    assert "U+041C" in evaluate("--source", f"file:{other}").error_line(1)


def test_unknown_characters_can_be_replaced(evaluate, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("one, two! " * 20)
    replace = ["--set", "tokenizer.unknown=replace", "--set", "tokenizer.replacement=;"]
    assert evaluate("--source", f"file:{other}", *replace, "--json").json["tokens"] == 199


def test_a_text_too_short_to_score_is_refused(evaluate, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("o")
    assert "too few" in evaluate("--source", f"file:{other}").error_line(1)


def test_the_model_of_a_trained_run_cannot_be_set(evaluate):
    assert "model" in evaluate("--set", "model.hidden_size=13").error_line(2)


def test_a_run_that_held_nothing_out_says_so(tiny, textgen):
    tiny("--set", "training.validation_fraction=0")
    done = textgen("evaluate", "latest")
    assert done.code == 0
    assert "training_text_loss" in done.out
    assert "memorised" in done.err


def test_a_run_whose_sampler_is_gone_is_still_evaluated(evaluate, uninstall):
    before = evaluate("--json").json
    uninstall("sampler")
    assert evaluate("--json").json == before
