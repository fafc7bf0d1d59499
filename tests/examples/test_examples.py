"""The example distributions: installed by pip where nothing of them is, used, and tested there."""

import json
import shutil
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
MOST_LINES = 150  # of Python, blank lines and tests included, and of pyproject.toml
RHYME = "one, two, buckle my shoe; three, four, open the door. " * 28
RUN = """
    textgen run --source file:rhyme.txt --set training.batch_size=4
    --set training.sequence_length=10 --epochs 1 --length 20 --json
"""


class Installed:
    """A copy of an example, installed."""

    def __init__(self, name, environment, folder):
        self.folder = folder
        self._environment = environment
        shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "rhyme.txt").write_text(RHYME)
        self.does("pip install .")

    def does(self, line):
        """Run a line in its folder and return what it wrote on stdout."""
        done = self._environment.run(line, cwd=self.folder)
        assert done.code == 0, done
        return done.out

    def trains(self, *options):
        """Train a tiny run and return its record."""
        return json.loads(self.does(" ".join([*RUN.split(), *options])))


@pytest.fixture(scope="module")
def install(fresh_environment, tmp_path_factory):
    def make(name):
        return Installed(name, fresh_environment(name), tmp_path_factory.mktemp("copy") / name)

    return make


def test_there_is_a_source_a_model_by_gradients_one_by_counts_and_a_listener():
    assert NAMES == ["textgen-gru", "textgen-huggingface", "textgen-ngram", "textgen-tensorboard"]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_with_its_tests_is_short(name):
    files = [EXAMPLES / name / "pyproject.toml", *(EXAMPLES / name).rglob("*.py")]
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
    assert lines < MOST_LINES


def test_the_gru_is_trained_and_passes_its_tests(install):
    gru = install("textgen-gru")
    record = gru.trains("--model gru --set model.hidden_size=8")
    assert record["parts"]["model"]["package"] == "textgen-gru"
    assert record["status"] == "finished"
    gru.does("pytest")


def test_the_ngrams_are_counted_written_from_and_pass_their_tests(install):
    ngram = install("textgen-ngram")
    record = ngram.trains("--model ngram")
    assert record["plan"]["steps"] == 1
    assert record["bits_per_char"] < 0.2  # the text repeats itself
    assert "buckle" in ngram.does("textgen generate latest --length 60")
    ngram.does("pytest")


def test_tensorboard_reads_what_a_run_announced(install):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tensorboard = install("textgen-tensorboard")
    record = tensorboard.trains("--model lstm-single --set model.hidden_size=8")
    (session,) = (tensorboard.folder / "runs").iterdir()
    assert session.name.startswith("rhyme-lstm-single-")
    events = EventAccumulator(str(session)).Reload()
    last = events.Scalars("validation_loss")[-1]
    assert last.step == record["step"]
    assert last.value >= record["best_loss"] - 1e-6
    tensorboard.does("pytest")
    assert "4 kept, 0 broken" in tensorboard.does("textgen plugins check .")
