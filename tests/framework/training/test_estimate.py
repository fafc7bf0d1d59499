"""What is told of a run before it begins, and that telling it changes nothing."""

import pytest
from torch import nn

from textgen.errors import PluginError
from textgen.pipeline import sketch_model
from textgen.runs import Run
from textgen.training import estimate
from textgen.training.checkpoints import BEST
from textgen.training.course import Course


@pytest.mark.parametrize("precision", ["fp32", "auto"])
def test_a_run_that_was_rehearsed_twice_is_the_run_that_was_not(
    settings_for, execute, monkeypatch, precision
):
    """Dropout draws random numbers; weights, figures and the sample must be the same."""
    settings = settings_for(training={"precision": precision})
    rehearse = Run.rehearse
    monkeypatch.setattr(Run, "rehearse", lambda self: None)
    plain = execute(settings)
    monkeypatch.setattr(Run, "rehearse", lambda self: (rehearse(self), rehearse(self)))
    twice = execute(settings)
    assert twice.files[BEST] == plain.files[BEST]
    assert twice.metrics == plain.metrics
    assert twice.sample == plain.sample


@pytest.mark.cuda
@pytest.mark.filterwarnings("error:RNN module weights")
def test_on_a_gpu_the_copy_to_rehearse_on_is_packed_like_the_model(rehearsed):
    assert rehearsed(device="cuda").estimate is not None


def test_what_is_left_shrinks_when_a_run_is_resumed(settings_for, execute, prepared):
    part = execute(settings_for(), stop_at=20)
    run = prepared()
    run.rehearse()
    whole = run.estimate
    run.resume(part.files.get, provenance=part.started.provenance, status="interrupted")
    run.rehearse()
    assert (whole.steps, run.estimate.steps) == (run.plan.steps, run.plan.steps - 20)
    assert run.estimate.evaluations < whole.evaluations


def test_evaluations_to_come_are_those_that_a_run_makes(settings_for, execute):
    settings = settings_for(training={"evaluate_every": 0.3})
    heard = execute(settings)
    evaluated = [step for step, figures in heard.metrics if "validation_loss" in figures]
    plan = heard.started.plan
    course = Course(plan.steps, plan.steps_per_epoch, evaluated[0], plan.tokens_per_step)
    for step in (0, 1, evaluated[0], evaluated[2] + 1, plan.steps):
        assert course.evaluations_after(step) == sum(other > step for other in evaluated)


def test_a_time_limit_bounds_the_estimate(rehearsed):
    limit = {"epochs": 10_000, "max_seconds": 2.0}
    found = rehearsed(training=limit).estimate
    assert found.seconds == 2.0 + found.evaluation_seconds
    assert rehearsed(training={"epochs": 10_000}).estimate.seconds > 2.0


def test_the_rest_of_an_evaluation_follows_from_its_second_piece(monkeypatch):
    """The first piece, which is long and scores next to nothing, is context."""
    now = [0.0]
    monkeypatch.setattr(estimate.time, "perf_counter", lambda: now[0])

    def measure(should_stop):
        for now[0], part_done in [(5.0, 0.0), (6.0, 0.01)]:
            assert not should_stop(part_done)
        now[0] = 9.0
        assert should_stop(0.26)

    # Six seconds for context and a quarter, of which three more are to come, a second each.
    assert estimate._seconds_of_evaluation(measure) == pytest.approx(6.0 + 0.74 / 0.25)


class Bigrams(nn.Module):
    """Predicts from the last token alone."""

    def __init__(self, vocab_size):
        super().__init__()
        self.table = nn.Embedding(vocab_size, vocab_size)

    def forward(self, tokens, state=None):
        return self.table(tokens), None


class Sums(Bigrams):
    """Needs numbers while it is built, which torch's meta tensors have none of."""

    def __init__(self, vocab_size):
        super().__init__(vocab_size)
        self.scale = float(self.table.weight.sum())


class Counting(Bigrams):
    """Remembers, where no checkpoint looks, how often it was called."""

    def __init__(self, vocab_size):
        super().__init__(vocab_size)
        self.calls = 0

    def forward(self, tokens, state=None):
        self.calls += 1
        return self.table(tokens) * (1 + self.calls % 7), None


def test_what_a_model_keeps_to_itself_does_not_tell_whether_it_was_rehearsed(
    settings_of, execute, monkeypatch
):
    settings = settings_of(Counting, training={"epochs": 20})
    rehearsed = execute(settings)
    monkeypatch.setattr(Run, "rehearse", lambda self: None)
    assert execute(settings).metrics == rehearsed.metrics


def test_a_rehearsal_that_fails_costs_no_run(settings_of, execute, monkeypatch):
    """A dry run, which is nothing else, tells what failed."""

    def fail(*_):
        raise RuntimeError("no clock")

    monkeypatch.setattr("textgen.learning.rehearse", fail)
    with pytest.raises(PluginError, match="no clock"):
        Run(settings_of(Bigrams), announce=lambda event: None).rehearse()
    assert execute(settings_of(Bigrams)).finished.status == "finished"


class NotToBeCopied(Bigrams):
    def __deepcopy__(self, memo):
        raise TypeError("it holds a lock")


def test_a_model_that_cannot_be_copied_is_trained_without_an_estimate(settings_of, execute):
    run = Run(settings_of(NotToBeCopied), announce=lambda event: None)
    run.rehearse()
    assert (run.estimate, run.plan.steps > 0) == (None, True)
    assert execute(settings_of(NotToBeCopied)).finished.status == "finished"


class Lazy(Bigrams):
    """Knows its sizes once it has read something."""

    def __init__(self, vocab_size):
        super().__init__(vocab_size)
        self.more = nn.LazyLinear(vocab_size)

    def forward(self, tokens, state=None):
        return self.more(self.table(tokens)), None


@pytest.mark.parametrize("model", [Sums, Lazy])
def test_a_model_that_cannot_be_sketched_is_built_all_the_same(settings_of, model):
    settings = settings_of(model)
    assert sketch_model(settings, 5) is None
    assert Run(settings, announce=lambda event: None).plan.parameters > 0
