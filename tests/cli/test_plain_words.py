"""Messages and figures as people say them, whatever was typed."""

import pytest

from textgen.cli.display import duration, times


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("training.patience=x", "patience = 'x': is no whole number. See:"),
        ("training.batch_size=1.5", "batch_size = '1.5': is no whole number. See:"),
        ("training.learning_rate=fast", "learning_rate = 'fast': is no number. See:"),
        ("training.capture=perhaps", "capture = 'perhaps': is neither true nor false. See:"),
        ("training.batch_size=0", "batch_size = '0': must be 1 or more. See:"),
        ("training.beta1=1", "beta1 = '1': must be less than 1.0. See:"),
        ("tokenizer.normalization=nfc", "or 'NFKD'; did you mean 'NFC'? See:"),
        ("training.precision=double", "must be 'auto', 'fp32', 'bf16' or 'fp16'. See:"),
        ("source.encoding=latin-99", "encoding = 'latin-99': no such text encoding"),
        ("training.objective=last-step", "'training': objective 'last-step' needs batching"),
        ("training.predictions=2e99", "predictions = '2e99': is no whole number"),
        (f"training.predictions={10**19}", "must be 1,000,000,000,000,000,000 or less"),
    ],
)
def test_a_wrong_value_is_refused_in_plain_words(tiny, setting, told):
    line = tiny("--set", setting, "--dry-run").error_line(2)
    assert told in line
    assert "Value error" not in line
    assert "nput should" not in line


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["evaluate", "x", "--part", "foo"], "'foo' is not one of 'training', 'validation'"),
        (["generate", "x", "--length", "x"], "for '--length': 'x' is no whole number"),
        (["generate", "x", "--top-p", "much"], "'much' is no number"),
        (["runs", "list", "--limit", 0], "must be 1 or more"),
    ],
)
def test_a_wrong_flag_is_refused_in_plain_words(textgen, words, told):
    line = textgen(*words).error_line(2)
    assert told in line
    assert "Value error" not in line
    assert "nput should" not in line


def test_years_are_told_as_years(tiny):
    year = 365 * 24 * 3600
    told = [duration(seconds) for seconds in (year * 1.5, year * 900_000, 86_400 * 45, 360_000)]
    assert told == ["1 year", "900,000 years", "45 days", "100 h 0 min"]
    assert " years, about" in tiny("--epochs", 10**12, "--dry-run").err


def test_texts_that_fit_no_memory_are_not_begun(textgen, trained):
    words = ["generate", "plain", "--registry", trained, "--device", "cpu"]
    for more in (["--count", 10**12], ["--json", "--length", 10**12 - 1, "--count", 1000]):
        line = textgen(*words, *more).error_line(1)
        assert "of memory, and " in line
        assert "Ask for fewer texts, or for shorter ones" in line
    endless = textgen(*words, "--length", 10**20).error_line(2)
    assert "Ask for 1,000,000,000,000 at most" in endless


def test_once_is_once(textgen, tmp_path):
    assert [times(number) for number in (1, 2, 2000)] == ["once", "2 times", "2,000 times"]
    (tmp_path / "odd.txt").write_text("A word\N{ZERO WIDTH SPACE} of it. ")
    assert "1, once: " in textgen("sources", "show", f"file:{tmp_path / 'odd.txt'}").out


def test_a_tiny_text_is_told_what_fits_it(textgen, tmp_path):
    text = tmp_path / "tiny.txt"
    text.write_text("hello there")
    words = ["run", "--source", f"file:{text}", "--dry-run", "--device", "cpu"]
    words += ["--set", "training.validation_fraction=0", "--set", "model.hidden_size=12"]
    line = textgen(*words).error_line(1)
    proposed = line.partition("--set ")[2].removesuffix(" at most.")
    assert proposed == "training.sequence_length=5"
    assert textgen(*words, "--set", proposed).code == 0
    line = textgen(*words, "--set", "training.sequence_length=6").error_line(1)
    assert proposed in line
    by_windows = ["--set", "training.batching=windows"]
    assert "sequence_length=10 at most" in textgen(*words, *by_windows).error_line(1)
    assert textgen(*words, *by_windows, "--set", "training.sequence_length=10").code == 0


def test_a_plugin_that_nobody_knows_is_told_once_by_every_command(textgen):
    for words in (["runs", "list"], ["plugins", "list"], ["sources", "list"]):
        done = textgen("--no-plugin", "nope", *words)
        assert done.code == 0
        assert done.err.count("no installed plugin or package is named 'nope'") == 1
    assert "is named" not in textgen("--plugin-prefer", "builtin", "runs", "list").err


@pytest.mark.parametrize(
    "words", [["runs", "list"], ["runs", "list", "--deleted"], ["models", "list"]]
)
def test_a_registry_whose_folder_is_not_there_says_so(textgen, tmp_path, words):
    there = tmp_path / "there"
    there.mkdir()
    missing = textgen(*words, "--registry", tmp_path / "typo").err
    assert f"{tmp_path / 'typo'} (no such folder)" in missing
    assert "no such folder" not in textgen(*words, "--registry", there).err
