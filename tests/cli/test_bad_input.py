"""What is wrong is said in one line, and nothing half-written stays behind."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def registry():
    """The test's own registry, as yet not made."""
    return Path(os.environ["TEXTGEN_REGISTRY"])


USAGE = {
    "a model": (["--model", "lstm-stakked"], "'lstm-stacked'"),
    "a source": (["--source", "fil:x"], "'file'"),
    "a book": (["--source", "gutenberg:alise"], "'alice'"),
    "a source without its locator": (["--source", "file"], "PATH"),
    "no book": (["--source", "gutenberg:"], "gutenberg: no book stands"),
    "another corpus of pydoc": (["--source", "pydoc:topic"], "'topics'"),
    "a tokenizer": (["--tokenizer", "chars"], "'char'"),
    "a sampler": (["--sampler", "statefull"], "'stateful'"),
    "a recipe": (["--recipe", "tutrial"], "'tutorial'"),
    "an option": (["--set", "model.hiden_size=3"], "'hidden_size'"),
    "an option of training": (["--set", "training.batchsize=3"], "'batch_size'"),
    "a section": (["--set", "modle.hidden_size=3"], "'model'"),
    "a flag": (["--epoch", "3"], "--epochs"),
    "no number": (["--set", "model.hidden_size=wide"], "hidden_size = 'wide'"),
    "no number in a flag": (["--epochs", "many"], "--epochs"),
    "out of range": (["--set", "model.dropout=1.5"], "dropout"),
    "no finite number": (["--set", "training.learning_rate=nan"], "learning_rate"),
    "nothing to do": (["--epochs", "0"], "epochs"),
    "a negative seed": (["--seed", "-1"], "seed"),
    "no choice": (["--set", "training.objective=some-steps"], "'last-step'"),
    "what does not fit together": (["--set", "training.objective=last-step"], "windows"),
    "--set without a value": (["--set", "model.hidden_size"], "part.option=value"),
    "--set without a part": (["--set", "hidden_size=3"], "part.option=value"),
    "--set alone": (["--set"], "--set"),
    "the seed by --set": (["--set", "seed=3"], "--seed 3"),
    "the seed as if it had a section": (["--set", "run.seed=3"], "--seed 3"),
    "the device by --set": (["--set", "device=cpu"], "--device cpu"),
    "a flag and another --set": (["--set", "sample.length=0"], "--length 20"),
    "a flag for a part and another --set": (["--set", "source.use=pydoc"], "--source"),
    "no such file of settings": (["--config", "no.toml"], "no.toml"),
    "a reserved name": (["--name", "latest"], "latest"),
    "a name of two lines": (["--name", "a\nb"], "line breaks"),
    "a blank tag": (["--tag", " "], "blank"),
    "an argument too many": (["alice"], "alice"),
}


def test_a_second_source_is_not_forgotten_in_silence(textgen, rhyme, registry):
    line = textgen("run", "--source", "file:a.txt", "--source", f"file:{rhyme}").error_line(2)
    assert "--source is given 2 times" in line
    assert "gutenberg:11,12" in line
    assert not registry.exists()


@pytest.mark.parametrize("case", USAGE)
def test_wrong_usage_is_refused_with_2(tiny, registry, case):
    words, named = USAGE[case]
    assert named in tiny(*words).error_line(2)
    assert not registry.exists()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("model = ", "TOML"),
        ("modle = 'lstm-single'", "'model'"),
        ("[model]\nuse = 'lstm-single'\nhidden = 3", "'hidden_size'"),
        ("training = 3", "table"),
        ("seed = 'x'", "seed"),
        ("epochs = 3", "'training.epochs'"),
        ("promt = 'Alice'", "'sample.prompt'"),
        ("length = 3", "'sample.length'"),
        ("batch-size = 3", "'training.batch_size'"),
        ("temperature = 0.5", "'sampler.temperature'"),
        ("hidden_size = 3", "'model.hidden_size'"),
        ("nmae = 'mine'", "'name'"),
        ("recipe = 'tutrial'", "'tutorial'"),
        ("recipe = 3", "recipe"),
        ("name = 3", "name"),
        ("name = 'latest'", "newest"),
        ("tags = ['a', 3]", "tags"),
        ("tags = ['a', ' ']", "blank"),
    ],
)
def test_a_file_of_settings_is_checked_like_the_command_line_and_named(
    textgen, tmp_path, registry, content, named
):
    path = tmp_path / "settings.toml"
    path.write_text(content)
    line = textgen("run", "--config", path).error_line(2)
    assert line.startswith(f"textgen: --config {path}: ")
    assert named in line
    assert not registry.exists()


def test_a_file_is_not_blamed_for_the_command_line(textgen, tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("seed = 3\n[training]\nepochs = 2\n")
    line = textgen("run", "--config", path, "--epochs", 0).error_line(2)
    assert "epochs = 0" in line
    assert "settings.toml" not in line


def test_a_file_that_the_command_line_does_not_fit_is_named(textgen, tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("[model]\nnum_layers = 3\n")
    line = textgen("run", "--config", path, "--model", "lstm-single").error_line(2)
    assert "num_layers" in line
    assert str(path) in line


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_of_settings_that_cannot_be_read_is_named(textgen, tmp_path, content):
    path = tmp_path / "settings.toml"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    line = textgen("run", "--config", path).error_line(2)
    assert line.startswith(f"textgen: --config {path}: cannot be read")


CORPORA = {
    "missing": (None, "no such file"),
    "empty": (b"", "empty"),
    "binary": (bytes(range(256)) * 20, "binary"),
    "of two encodings": ("Größe".encode() + "Maß und Maß".encode("latin-1"), "two encodings"),
    "shorter than a window": (b"abcdeabcde", "sequence_length"),
}


@pytest.mark.parametrize("case", CORPORA)
def test_a_corpus_that_is_no_corpus_is_refused(tiny, tmp_path, registry, case):
    content, named = CORPORA[case]
    path = tmp_path / "corpus.txt"
    if content is not None:
        path.write_bytes(content)
    line = tiny("--source", f"file:{path}").error_line(1)
    assert named in line
    assert not registry.exists()
    assert tiny("--source", f"file:{path}", "--dry-run").error_line(1) == line


FAILURES = {
    "unknown characters in the prompt": (["--prompt", "one #"], "'#'"),
    "no such GPU": (["--device", "cuda:7"], "available: cpu"),
    "no such device": (["--device", "abacus"], "available: cpu"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_what_cannot_work_fails_with_1(tiny, registry, case):
    words, named = FAILURES[case]
    assert named in tiny(*words).error_line(1)
    assert not registry.exists()


def test_a_registry_below_a_file_cannot_be_made(tiny, rhyme):
    below = rhyme / "registry"
    line = tiny("--registry", below).error_line(1)
    assert tiny("--registry", below, "--dry-run").error_line(1) == line
    assert str(below) in line
    assert "--registry" in line


def test_a_registry_that_is_no_database_is_left_alone(textgen, tiny, registry):
    registry.mkdir()
    database = registry / "registry.sqlite"
    database.write_bytes(b"my diary, " * 1000)
    for done in (tiny(), textgen("runs", "list"), textgen("generate", "latest")):
        assert "not a SQLite database" in done.error_line(1)
    assert database.read_bytes() == b"my diary, " * 1000
    assert [path.name for path in registry.iterdir()] == ["registry.sqlite"]


@pytest.mark.parametrize("command", ["runs show", "generate", "evaluate", "resume", "runs delete"])
def test_an_unknown_run_is_named_with_the_nearest(textgen, trained, command):
    line = textgen(*command.split(), "plane", "--registry", trained).error_line(1)
    assert "'plane'" in line
    assert "'plain'" in line


@pytest.mark.parametrize("command", ["runs show", "generate", "evaluate", "resume"])
def test_without_runs_none_is_latest(textgen, registry, command):
    assert "textgen run" in textgen(*command.split(), "latest").error_line(1)
    assert not registry.exists()


def test_the_beginning_of_two_ids_is_answered_with_both(textgen, trained):
    ids = [run["id"] for run in textgen("runs", "list", "--json", "--registry", trained).json]
    line = textgen("generate", ids[0][:3], "--registry", trained).error_line(1)
    assert f"2 runs go by {ids[0][:3]!r}" in line
    assert all(run in line for run in ids)


def test_a_name_that_another_run_has_is_refused_before_the_corpus_is_opened(tiny, textgen, trained):
    owner = textgen("runs", "show", "plain", "--json", "--registry", trained).json["id"]
    words = ["--name", "plain", "--registry", trained, "--source", "file:missing.txt"]
    line = tiny(*words).error_line(2)
    assert owner in line
    assert tiny(*words, "--dry-run").error_line(2) == line


@pytest.mark.parametrize("command", ["generate", "evaluate"])
def test_a_damaged_checkpoint_is_noticed(tiny, textgen, registry, artifact_path, command):
    tiny()
    run = textgen("runs", "show", "latest", "--json").json
    path = artifact_path(registry, run, "best.safetensors")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    line = textgen(command, "latest").error_line(1)
    assert str(path) in line
    assert "sha256" in line


def test_a_damaged_checkpoint_is_not_resumed(tiny, textgen, registry, artifact_path):
    tiny("--max-seconds", "0.001")
    run = textgen("runs", "show", "latest", "--json").json
    artifact_path(registry, run, "last.safetensors").unlink()
    assert "missing" in textgen("resume", "latest").error_line(1)
    assert textgen("runs", "show", "latest", "--json").json == run


def test_one_run_compares_with_nothing(textgen, trained):
    assert "two" in textgen("runs", "compare", "plain", "--registry", trained).error_line(2)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["rum"], "rum"),
        (["runs", "lst"], "lst"),
        (["runs", "show"], "RUN"),
        (["plugins", "show", "lstm-stakked"], "'lstm-stacked'"),
        (["sources", "text", "gutenburg:alice"], "'gutenberg'"),
        (["sources", "text", "file:x", "--set", "model.hidden_size=3"], "source."),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_other_commands_are_as_plain_about_wrong_usage(textgen, words, named):
    assert named in textgen(*words).error_line(2)


def test_a_fault_of_ours_is_one_line_too(tiny, monkeypatch):
    def fault(*_):
        raise ZeroDivisionError("in the\nmidst")

    monkeypatch.setattr("textgen.run_sample.build_sampler", fault)
    line = tiny().error_line(1)
    assert "ZeroDivisionError: in the midst" in line
    assert "--debug" in line


def test_debug_shows_where_an_error_came_from(textgen, registry):
    done = textgen("--debug", "generate", "latest")
    assert done.code == 1
    assert "Traceback" in done.err
    assert "RunNotFoundError" in done.err
    assert "Traceback" not in textgen("generate", "latest").err
