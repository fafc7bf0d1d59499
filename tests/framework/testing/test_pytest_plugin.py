"""What an author sees: a project with a plugin and a test file of six lines, run by pytest."""

import pytest
import torch  # noqa: F401  loaded once, not anew in every run within this one

pytest_plugins = ["pytester"]

PLUGIN = """
from textgen import Component, Options, hookimpl, option

class Size(Options):
    hidden_size: int = option(64, "size", unit="units", ge=1)

@hookimpl
def textgen_models():
    yield Component("peeking", "one GRU layer", "textgen_peeking.model:Peeking", Size)

@hookimpl
def textgen_run_finished(event):
    print(event.reason)
"""
MODEL = """
from torch import nn

class Peeking(nn.Module):
    def __init__(self, vocab_size, options):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, options.hidden_size)
        self.output = nn.Linear(options.hidden_size, vocab_size)

    def forward(self, tokens, state=None):
        x_BxTxH = self.embedding(tokens)
        return self.output(x_BxTxH + x_BxTxH.roll(-1, dims=1)), None
"""
TEST = """
import pytest

@pytest.mark.textgen_part("model", "peeking", hidden_size=8)
def test_keeps_the_contract(conformance):
    conformance()
"""


@pytest.fixture
def author(pytester):
    """Runs pytest in a project whose plugin is installed, on a test file of the given text."""
    package = pytester.mkpydir("textgen_peeking")
    (package / "__init__.py").write_text(PLUGIN)
    (package / "model.py").write_text(MODEL)
    information = pytester.mkdir("textgen_peeking-1.2.dist-info")
    (information / "METADATA").write_text("Name: textgen-peeking\nVersion: 1.2\n")
    (information / "entry_points.txt").write_text("[textgen]\npeeking = textgen_peeking\n")
    pytester.syspathinsert()

    def run(test, *words):
        pytester.makepyfile(test)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", "--strict-markers", *words)

    return run


def test_each_rule_is_a_test_and_a_broken_one_says_by_what(author):
    run = author(TEST, "-v", "-ra")
    name = "*::test_keeps_the_contract"
    run.stdout.fnmatch_lines(
        [
            f"{name}[[]shapes[]] PASSED*",
            f"{name}[[]save-and-load[]] PASSED*",
            f"{name}[[]causality[]] FAILED*",
            f"{name}[[]state-carried[]] SKIPPED*",
            "causality: logits up to token 0 change by * when later tokens change",
            "SKIPPED * state carried: it hands out no state",
            "FAILED *causality*",
        ]
    )
    run.stdout.no_fnmatch_line("*textgen/testing/reading.py*")
    assert run.parseoutcomes()["failed"] == 1


def test_one_rule_can_be_chosen_by_its_name(author):
    author(TEST, "-k", "save-and-load").assert_outcomes(passed=1, deselected=10)


def test_a_plugin_that_hears_runs_is_a_part_too(author):
    author(
        TEST.replace('"model", "peeking", hidden_size=8', '"listener", "peeking"')
    ).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("wrong", "outcome", "told"),
    [
        ('"model", "peaking"', "failed", "*no model is named 'peaking'*did you mean 'peeking'*"),
        ('"model", "peeking", hidden_size=0', "failed", "*'peeking'*hidden_size*0*"),
        ('"model", "peeking", colour=3', "failed", "*model 'peeking' has no option 'colour'*"),
        ('"modle", "peeking"', "errors", "*no kind of part is called 'modle'*'model'*"),
        ('"peeking"', "errors", "*@pytest.mark.textgen_part(*NAME*"),
    ],
)
def test_a_mistake_in_the_test_is_told_in_one_line(author, wrong, outcome, told):
    run = author(TEST.replace('"model", "peeking", hidden_size=8', wrong))
    assert run.parseoutcomes().get(outcome)
    run.stdout.fnmatch_lines([told])
    run.stdout.no_fnmatch_line("*Traceback*")


def test_the_fixture_without_the_marker_says_what_is_missing(author):
    run = author("def test_nothing(conformance):\n    conformance()\n")
    run.stdout.fnmatch_lines(["*mark the test with the part to check: @pytest.mark.textgen_part*"])


def test_the_marker_is_explained(author):
    author("", "--markers").stdout.fnmatch_lines(["@pytest.mark.textgen_part(kind, name,*"])
