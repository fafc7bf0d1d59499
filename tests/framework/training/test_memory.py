"""What training takes of memory is known before it is taken, and refused where it is too much."""

import gc
import weakref

import pytest
import torch
from torch import nn

from textgen.errors import TrainingError
from textgen.runs import Run
from textgen.training import memory
from textgen.training.memory import Memory, free_bytes, require_room, require_room_for_model

CPU = torch.device("cpu")


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


def test_a_model_is_refused_by_its_sketch_before_memory_is_taken_for_it(settings_of):
    class Vast(nn.Module):
        def __init__(self, vocab_size):
            super().__init__()
            self.more = nn.Linear(10**6, 10**8)  # 400 TB

    with pytest.raises(TrainingError, match="this model takes 1,600 TB"):
        Run(settings_of(Vast), announce=lambda event: None)
