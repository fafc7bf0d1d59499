"""A run with each of the built-in tokenizers: trained, stopped and resumed, asked for more text."""

import sys

import pytest

TEXT = "one, two, buckle my shoé; “数” three, four, open the door: 👩\u200d👧 five. " * 24
SETTINGS = {"byte": [], "word": [], "bpe": ["--set", "tokenizer.vocab_size=300"]}
HALF = "\N{REPLACEMENT CHARACTER}"

each = pytest.mark.parametrize("name", SETTINGS)


@pytest.fixture
def train(textgen, tiny_words, tmp_path):
    """Trains a run with a tokenizer, on the text above."""
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")

    def run(tokenizer, *more):
        words = ["--source", f"file:{path}", "--tokenizer", tokenizer, *SETTINGS[tokenizer]]
        return textgen("run", *words, *tiny_words, "--epochs", 2, *more)

    return run


@each
def test_a_run_that_was_stopped_goes_on_to_the_same_text(train, textgen, name):
    assert train(name, "--name", "whole").code == 0
    train(name, "--name", "stopped", "--max-seconds", "0.001")
    assert textgen("resume", "stopped", "--max-seconds", 60).code == 0
    whole, resumed = (textgen("runs", "show", run, "--json").json for run in ("whole", "stopped"))
    for figure in ("best_loss", "bits_per_char", "sample_prompt", "sample_text"):
        assert whole[figure] == resumed[figure] is not None


@each
def test_its_own_prompt_is_of_whole_characters_and_goes_on_as_the_sample_did(train, textgen, name):
    train(name, "--name", "run", "--seed", 3)
    run = textgen("runs", "show", "run", "--json").json
    assert HALF not in run["sample_prompt"]
    assert TEXT.count(run["sample_prompt"])
    words = ["generate", "run", "--length", 20, "--seed", 3, "--count", 2, "--json"]
    assert textgen(*words).json["texts"][0] == run["sample_text"]


def test_a_prompt_with_an_unknown_character_names_it(train, textgen):
    train("word", "--name", "run")
    line = textgen("generate", "run", "--prompt", "one Ω").error_line(1)
    assert "U+03A9 'Ω' GREEK CAPITAL LETTER OMEGA at 4" in line
    assert textgen("generate", "run", "--prompt", "onetwo open", "--length", 3).code == 0


def test_a_vocabulary_smaller_than_asked_for_is_told(train):
    done = train("bpe", "--set", "tokenizer.vocab_size=5000")
    (note,) = [line for line in done.err.splitlines() if "vocab_size=5,000" in line]
    assert note.startswith("note: the vocabulary has ")


def test_without_the_library_of_byte_pairs_it_is_told_how_to_install_it(train, monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    assert "pip install 'textgen-framework[bpe]'" in train("bpe").error_line(1)


def test_settings_that_contradict_each_other_are_wrong_usage(textgen):
    words = ["tokenizer.unknown=replace", "tokenizer.replacement=É", "tokenizer.lowercase=true"]
    sets = [word for setting in words for word in ("--set", setting)]
    line = textgen("run", "--source", "pydoc", *sets).error_line(2)
    assert "replacement 'É' would be 'é'" in line
