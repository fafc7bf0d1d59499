"""What of a corpus is trained on, what is held out, and what nobody looks at until the end."""

import dataclasses
import sys
from types import ModuleType

import pytest

from textgen import Component, DocumentStart, corpus_from_chunks
from textgen.chosen import Choice
from textgen.components import Kind
from textgen.errors import CorpusError, OptionError
from textgen.options import Options
from textgen.pipeline import assess, load_trained
from textgen.plugins.provided import Provided, Provider
from textgen.runs import Run
from textgen.training.checkpoints import BEST

VERSES = [
    "one, two, buckle my shoe; ",
    "three, four, open the door. ",
    "five, six, pick up sticks! ",
]


@pytest.fixture
def settings_of_documents(settings_for, monkeypatch):
    """Makes the settings of a tiny run over documents, as if a plugin's source gave them."""
    module = ModuleType("odd_sources")
    monkeypatch.setitem(sys.modules, "odd_sources", module)

    def make(documents, **changes):
        chunks = [DocumentStart(text) for text in documents]
        record = {"locator": "odd:x", "title": "", "origin": "", "sha256_received": ""}
        module.open = lambda locator, options: corpus_from_chunks(chunks, **record)
        component = Component("odd", "documents", factory="odd_sources:open")
        provided = Provided(Kind.SOURCE, component, Provider("odd", "textgen-odd", "3.2"))
        settings = settings_for(**changes)
        choice = Choice("odd:x", "x", provided, Options())
        return dataclasses.replace(settings, parts={**settings.parts, Kind.SOURCE: choice})

    return make


def prepared(settings):
    return Run(settings, announce=lambda event: None)


def test_nothing_of_a_run_depends_on_the_test_part(settings_of_documents, execute):
    training = {"test_fraction": 0.2, "validation_fraction": 0.2}
    beginning = "".join(VERSES) * 15
    weights, samples = [], []
    for end in (VERSES[0] * 15, VERSES[0][::-1] * 15):
        text = beginning + end
        heard = execute(settings_of_documents([text], training=training))
        assert heard.started.plan.test_tokens == int(len(text) * 0.2) <= len(end)
        weights.append(heard.files[BEST])
        samples.append(heard.sample)
    assert weights[0] == weights[1]
    assert samples[0] == samples[1]


def test_the_test_part_is_scored_when_it_is_asked_for(settings_of_documents, execute):
    settings = settings_of_documents(
        ["".join(VERSES) * 20], training={"test_fraction": 0.1, "evaluation_tokens": 50}
    )
    heard = execute(settings)
    trained = load_trained(settings, heard.files.get, "cpu")
    figures = {
        part: assess(trained, whole=False, part=part)[1:] for part in (None, "validation", "test")
    }
    sizes = {part: assessment.size for part, (assessment, _) in figures.items()}
    plan = heard.started.plan
    assert sizes == {None: 50, "validation": plan.validation_tokens, "test": plan.test_tokens}
    assert figures[None][1].loss == pytest.approx(heard.finished.summary["best_loss"], rel=1e-6)
    assert len({measured.loss for _, measured in figures.values()}) == 3


def test_a_run_without_a_test_part_says_so_when_it_is_asked_for(settings_for, execute):
    settings = settings_for()
    trained = load_trained(settings, execute(settings).files.get, "cpu")
    with pytest.raises(CorpusError, match=r"no test part.*test_fraction"):
        assess(trained, whole=False, part="test")


def test_bounded_evaluations_are_told_before_the_run(settings_for):
    run = prepared(settings_for(training={"evaluation_tokens": 100}))
    assert any("score the first 100 of 302 tokens" in note for note in run.notes)


def test_documents_stay_whole_where_that_is_asked_for(settings_of_documents):
    documents = [VERSES[0] * 20, VERSES[1] * 5, VERSES[2] * 5]
    changes = {"split": "documents", "validation_fraction": 0.15, "test_fraction": 0.1}
    plan = prepared(settings_of_documents(documents, training=changes)).plan
    sizes = (plan.training_tokens, plan.validation_tokens, plan.test_tokens)
    assert sizes == tuple(map(len, documents))


def test_evaluations_within_documents_read_each_by_itself(settings_of_documents, execute):
    documents = [VERSES[0] * 20, VERSES[1] * 2, VERSES[2] * 3]
    training = {
        "batching": "windows",
        "within_documents": True,
        "split": "documents",
        "validation_fraction": 0.25,
    }
    settings = settings_of_documents(documents, training=training)
    trained = load_trained(settings, execute(settings).files.get, "cpu")
    _, both, score = assess(trained, whole=False)
    assert both.size == len(documents[1]) + len(documents[2]) - 2
    total = 0.0
    for document in documents[1:]:
        alone = settings_of_documents([document])
        _, assessment, measured = assess(dataclasses.replace(trained, settings=alone), whole=True)
        total += measured.loss * assessment.size
    assert score.loss * both.size == pytest.approx(total, rel=1e-5)


def test_documents_too_short_to_train_on_are_told(settings_of_documents):
    training = {"batching": "windows", "within_documents": True}
    run = prepared(settings_of_documents([VERSES[0] * 20, "one", VERSES[1] * 9], training=training))
    assert any("not trained on: 1 of them" in note for note in run.notes)


@pytest.mark.parametrize("option", ["validation_fraction", "test_fraction"])
def test_a_part_of_less_than_a_token_is_refused_before_the_run(settings_for, option):
    with pytest.raises(CorpusError, match=rf"training\.{option}=0\.0001 of 1,512 tokens is less"):
        prepared(settings_for(training={option: 0.0001}))


def test_a_test_part_that_no_window_fits_into_is_refused_before_the_run(settings_of_documents):
    documents = [VERSES[0] * 20, VERSES[1] * 5, "five"]
    training = {
        "objective": "last-step",
        "batching": "windows",
        "within_documents": True,
        "split": "documents",
        "test_fraction": 0.001,
    }
    with pytest.raises(CorpusError, match=r"test part cannot be scored.*\(4\).*in its document"):
        prepared(settings_of_documents(documents, training=training))


def test_a_window_longer_than_every_document_is_told_by_the_longest(settings_of_documents):
    training = {"batching": "windows", "within_documents": True, "sequence_length": 60}
    with pytest.raises(CorpusError, match=r"needs at least 61 tokens.*longest document.* has 28\."):
        prepared(settings_of_documents(VERSES * 20, training=training))


def test_held_out_tokens_that_no_window_stands_before_are_told(settings_of_documents):
    documents = [VERSES[0] * 20, VERSES[1] * 2, "five, six"]
    training = {
        "objective": "last-step",
        "batching": "windows",
        "within_documents": True,
        "split": "documents",
        "validation_fraction": 0.1,
    }
    run = prepared(settings_of_documents(documents, training=training))
    assert run.plan.validation_tokens == len(documents[1]) + len(documents[2])
    assert any(note.startswith("19 tokens are not scored") for note in run.notes)


def test_an_evaluation_of_one_token_is_told_to_say_little(settings_for, execute):
    heard = execute(settings_for(training={"evaluation_tokens": 1, "epochs": 1}))
    assert "evaluations score the first 1 of 302 tokens (training.evaluation_tokens)" in heard.notes
    assert "few held-out tokens are scored (1): their loss says little" in heard.notes
    assert heard.finished.summary["best_loss"] > 0


@pytest.mark.parametrize(
    "training",
    [
        {"within_documents": True, "batching": "streams"},
        {"validation_fraction": 0.6, "test_fraction": 0.5},
    ],
)
def test_what_does_not_fit_together_is_refused(settings_for, training):
    with pytest.raises(OptionError, match=r"within_documents|nothing to train on"):
        settings_for(training=training)
