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


def test_a_text_too_short_to_score_is_called_a_text_and_gets_advice_that_helps(evaluate, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("d")
    line = evaluate("--source", f"file:{other}").error_line(1)
    assert "the text cannot be scored: it has too few tokens (1)" in line
    assert line.endswith("Use a longer text.")


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


@pytest.fixture
def text(tiny, tmp_path, rhyme):
    """The text of a run called `mine`, as a file that may be changed."""
    path = tmp_path / "mine.txt"
    path.write_text(rhyme.read_text())
    assert tiny("--source", f"file:{path}", "--name", "mine").code == 0
    return path


@pytest.mark.parametrize("change", [lambda text: text[: len(text) // 2], lambda text: text + "Ж"])
def test_a_text_that_has_changed_since_the_run_has_no_held_out_part(textgen, text, change):
    """Half of it would be scored as held out that was trained on."""
    before = text.read_text()
    text.write_text(change(before))
    line = textgen("evaluate", "mine").error_line(1)
    assert f"file:{text} has changed since run mine (" in line
    assert f"--source file:{text}" in line
    text.write_text(before)
    assert textgen("evaluate", "mine").code == 0


def test_a_text_that_has_changed_since_the_run_is_scored_whole_where_it_is_named(textgen, text):
    text.write_text(text.read_text()[:700])
    report = textgen("evaluate", "mine", "--source", f"file:{text}", "--json").json
    assert (report["part"], report["tokens"]) == ("whole text", 699)


def test_the_test_part_is_kept_for_the_end(tiny, textgen):
    tiny("--set", "training.test_fraction=0.1")
    shown = textgen("runs", "show", "latest", "--json").json
    report = textgen("evaluate", "latest", "--part", "test", "--json").json
    assert report["part"] == "test part"
    assert report["tokens"] == shown["plan"]["test_tokens"] > 100
    seen = textgen("evaluate", "latest", "--part", "training")
    assert "the model was trained on this part" in seen.err


def test_a_part_of_another_text_is_refused(evaluate):
    assert "--part" in evaluate("--part", "test", "--source", "pydoc:topics").error_line(2)


def test_a_part_that_the_run_lacks_is_told(evaluate):
    assert "no test part" in evaluate("--part", "test").error_line(1)
