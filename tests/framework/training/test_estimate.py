"""What is told of a run before it begins, and that telling it changes nothing."""

import gc
import weakref

import pytest
import torch
from torch import nn

from textgen.advice import notes_on_window
from textgen.errors import CorpusError, PluginError, TrainingError
from textgen.pipeline import sketch_model
from textgen.runs import Run
from textgen.training import estimate, memory
from textgen.training.checkpoints import BEST
from textgen.training.course import Course
from textgen.training.memory import Memory, free_bytes, require_room, require_room_for_model

CPU = torch.device("cpu")


@pytest.fixture
def prepared(settings_for):
    """Prepares a tiny run with changes to its settings."""
    return lambda **changes: Run(settings_for(**changes), announce=lambda event: None)


@pytest.fixture
def rehearsed(prepared):
    """Prepares a tiny run and rehearses it."""

    def run(**changes):
        made = prepared(**changes)
        made.rehearse()
        return made

    return run


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


def test_memory_counts_what_a_step_holds(rehearsed):
    run = rehearsed(model={"use": "lstm-single", "hidden_size": 50})
    found = run.estimate.memory
    assert found.gradients == 4 * run.plan.parameters == found.weights
    assert 2 * found.weights <= found.moments < 2.1 * found.weights  # and the counts of steps
    assert found.tokens == run.plan.training_tokens + run.plan.validation_tokens
    assert found.total == sum([found.weights, found.gradients, found.moments, found.tokens]) + max(
        found.activations, found.checkpoint
    )


@pytest.mark.parametrize("batch", [3, 40])
def test_activations_are_those_of_the_whole_batch(rehearsed, batch):
    """A measurement on a few sequences equals one on all of them, and grows with their length."""
    model = {"hidden_size": 64}
    run, longer = (
        rehearsed(model=model, training={"batch_size": batch, "sequence_length": length})
        for length in (12, 24)
    )
    run._trainer.stepper.model.train()
    whole = memory._saved_in(run._trainer.stepper, run._trainer.stepper.batches.at(0).starts)
    assert run.estimate.memory.activations == pytest.approx(whole, rel=0.1)
    assert longer.estimate.memory.activations > 1.5 * run.estimate.memory.activations


def test_saved_tensors_are_counted_once():
    class Stepper:
        """Keeps its input, 400 bytes, for two products, and its weight."""

        model = nn.Linear(10, 10, bias=False)

        def read(self, starts, carried):
            x = torch.ones(10, 10, requires_grad=True)
            return (self.model(x) + x * x).sum(), None

    assert memory._saved_in(Stepper(), torch.zeros(1)) == 400


def test_a_group_of_processes_may_have_less_free_than_the_machine(tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:  9000 kB\nMemFree: 10 kB\nMemAvailable:    8000 kB\n")

    def free():
        return free_bytes(CPU, meminfo=meminfo, cgroup=tmp_path)

    assert free() == 8000 * 1024
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("1000000\n")
    assert free() == 8000 * 1024
    (tmp_path / "memory.max").write_text("5000000\n")
    assert free() == 4_000_000
    (tmp_path / "memory.stat").write_text(
        "anon 1\nactive_file 7\ninactive_file 499990\nslab_reclaimable 3\n"
    )
    assert free() == 4_500_000
    (tmp_path / "memory.current").write_text("9000000\n")
    assert free() == 0


@pytest.mark.parametrize("text", [None, "", "MemAvailable:\n", "MemAvailable: many kB\n"])
def test_where_nothing_is_said_of_memory_nothing_is_known(tmp_path, text):
    meminfo = tmp_path / "meminfo"
    if text is not None:
        meminfo.write_text(text)
    assert free_bytes(CPU, meminfo=meminfo, cgroup=tmp_path / "none") is None


def test_a_run_far_too_large_is_refused_and_one_a_little_too_large_is_told():
    sizes = Memory(100, 100, 200, 1, activations=800, checkpoint=300)
    assert require_room(sizes, CPU, None) == require_room(sizes, CPU, 900) == []
    (note,) = require_room(sizes, CPU, 800)
    assert "900 bytes more, and 800 bytes are free" in note
    with pytest.raises(TrainingError, match=r"and 700 bytes are free.*training\.batch_size"):
        require_room(sizes, CPU, 700)


def test_a_model_that_cannot_be_trained_here_is_refused_before_its_optimiser_is_made(
    prepared, monkeypatch
):
    monkeypatch.setattr(memory, "free_bytes", lambda device: 50_000)
    with pytest.raises(TrainingError, match=r"and 50 kB are free\. Make the model smaller"):
        prepared(model={"hidden_size": 100})
    require_room_for_model(nn.Linear(4, 4), CPU)


def test_a_run_too_large_for_the_memory_announces_nothing(
    settings_for, execute, heard_last, monkeypatch
):
    monkeypatch.setattr("textgen.training.estimate.free_bytes", lambda device: 10_000)
    with pytest.raises(TrainingError, match="10 kB are free"):
        execute(settings_for())
    assert heard_last().started is None


def test_a_text_of_one_character_is_refused(prepared, text_file):
    text_file.write_text("a" * 500)
    with pytest.raises(CorpusError, match="nothing to predict"):
        prepared()


@pytest.mark.parametrize(
    ("training", "carries_state", "told"),
    [
        ({}, True, False),
        ({"batching": "windows"}, True, True),
        ({}, False, True),
        ({"batching": "windows", "sequence_length": 30}, True, False),
    ],
)
def test_a_window_longer_than_any_text_in_training_is_told(
    settings_for, training, carries_state, told
):
    sampler = {"use": "sliding-window", "window": 30}
    settings = settings_for(sampler=sampler, training=training)
    notes = notes_on_window(settings, carries_state=carries_state)
    assert bool(notes) == told
    assert not notes_on_window(settings_for(training=training), carries_state=carries_state)


class Watched(nn.Module):
    """Predicts from the last token alone; remembers whether what it computed is still there."""

    seen = staticmethod(lambda: None)

    def __init__(self, vocab_size):
        super().__init__()
        self.table = nn.Embedding(vocab_size, vocab_size)

    def forward(self, tokens, state=None):
        logits = self.table(tokens).exp()
        if torch.is_grad_enabled():
            Watched.seen = weakref.ref(logits)
        return logits, None


def test_measuring_what_a_step_keeps_keeps_nothing_of_it(settings_of):
    """A graph that lives on would be in the way of capturing the step on CUDA."""
    run = Run(settings_of(Watched), announce=lambda event: None)
    stepper = run._learning.stepper
    memory.memory_of(stepper, torch.device("cpu"), tokens=9)
    gc.collect()
    assert stepper.model.seen() is None


class Sums(Watched):
    """Needs numbers while it is built, which torch's meta tensors have none of."""

    def __init__(self, vocab_size):
        super().__init__(vocab_size)
        self.scale = float(self.table.weight.sum())


class Counting(Watched):
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
        Run(settings_of(Watched), announce=lambda event: None).rehearse()
    assert execute(settings_of(Watched)).finished.status == "finished"


class NotToBeCopied(Watched):
    def __deepcopy__(self, memo):
        raise TypeError("it holds a lock")


def test_a_model_that_cannot_be_copied_is_trained_without_an_estimate(settings_of, execute):
    run = Run(settings_of(NotToBeCopied), announce=lambda event: None)
    run.rehearse()
    assert (run.estimate, run.plan.steps > 0) == (None, True)
    assert execute(settings_of(NotToBeCopied)).finished.status == "finished"


class Lazy(Watched):
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


def test_a_model_is_refused_by_its_sketch_before_memory_is_taken_for_it(settings_of):
    class Vast(Watched):
        def __init__(self, vocab_size):
            super().__init__(vocab_size)
            self.more = nn.Linear(10**6, 10**8)  # 400 TB

    with pytest.raises(TrainingError, match="this model takes 1,600 TB"):
        Run(settings_of(Vast), announce=lambda event: None)
