"""Models that keep the contract in unusual ways are trained; those that break it are named."""

import dataclasses
import itertools
from collections import namedtuple

import pytest
import torch
from torch import nn

from textgen.chosen import Choice
from textgen.components import Kind
from textgen.errors import PluginError, TrainingError
from textgen.training.checkpoints import LAST, unpack


class Bigram(nn.Module):
    """Predicts from the last token alone; has no state."""

    def __init__(self, vocab_size):
        super().__init__()
        self.table = nn.Embedding(vocab_size, vocab_size)

    def forward(self, tokens, state=None):
        return self.table(tokens), None


class Positions(Bigram):
    """Has no state, and no more places than the sequences it is trained on."""

    longest = 10

    def __init__(self, vocab_size):
        super().__init__(vocab_size)
        self.places = nn.Embedding(self.longest, vocab_size)
        self.lengths = []

    def forward(self, tokens, state=None):
        self.lengths.append(tokens.shape[1])
        return self.table(tokens) + self.places(torch.arange(tokens.shape[1])), None


class Growing(nn.Module):
    """Keeps a table that grows when a longer text than ever is read."""

    def __init__(self, vocab_size):
        super().__init__()
        self.gru = nn.GRU(vocab_size, vocab_size, batch_first=True)
        self.scale = torch.ones(0)

    def forward(self, tokens, state=None):
        if len(self.scale) < tokens.shape[1]:
            self.scale = torch.arange(1.0, tokens.shape[1] + 1).cos()
        x, state = self.gru(nn.functional.one_hot(tokens, self.gru.input_size).float(), state)
        return x * self.scale[: tokens.shape[1], None], state


class Nested(Growing):
    """Hands out its state in a nesting."""

    def forward(self, tokens, state=None):
        logits, hidden = super().forward(tokens, None if state is None else state["of"][0][0])
        return logits, {"of": ([hidden], None)}


@pytest.mark.parametrize("model", [Bigram, Positions, Growing, Nested])
def test_a_model_with_any_plain_state_or_none_is_trained_resumed_and_sampled(
    model, settings_of, execute
):
    settings = settings_of(model)
    whole = execute(settings)
    rest = execute(settings, earlier=execute(settings, stop_at=7))
    ends = [unpack(session.files[LAST])["stepper"]["model"] for session in (whole, rest)]
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])
    assert len(whole.sample.text) == 20
    assert rest.sample == whole.sample


@pytest.mark.parametrize("sampler", ["stateful", {"use": "sliding-window", "window": 10}])
def test_a_model_without_a_state_is_given_as_much_text_as_it_was_trained_on(
    sampler, settings_of, execute
):
    models = []

    def make(vocab_size):
        models.append(Positions(vocab_size))
        return models[-1]

    execute(settings_of(make, sampler=sampler))
    assert models[-1].lengths[-1] == Positions.longest
    assert max(models[-1].lengths) == Positions.longest


State = namedtuple("State", "hidden")


class NoWeights(nn.Module):
    def __init__(self, vocab_size):
        super().__init__()
        self.vocab_size = vocab_size

    def forward(self, tokens, state=None):
        return torch.zeros(*tokens.shape, self.vocab_size), None


class LogitsAlone(Bigram):
    def forward(self, tokens, state=None):
        return self.table(tokens)


class WrongShape(Bigram):
    def forward(self, tokens, state=None):
        return self.table(tokens)[..., :-1], None


class NamedState(Bigram):
    def forward(self, tokens, state=None):
        return self.table(tokens), State(tokens)


def not_a_module(vocab_size):
    return "a model"


def failing(vocab_size):
    raise RuntimeError("out of ideas")


@pytest.mark.parametrize(
    ("model", "what"),
    [
        (NoWeights, "no weights to train"),
        (LogitsAlone, "must return logits and a state"),
        (WrongShape, r"shape \[3, 4, 2\d\], not"),
        (NamedState, "plain tuples"),
        (not_a_module, "made a str"),
        (failing, "out of ideas"),
    ],
)
def test_a_model_that_breaks_the_contract_is_named_before_the_run_begins(
    model, what, settings_of, execute, heard_last
):
    with pytest.raises(PluginError, match=rf"model 'odd' of textgen-odd 3\.2: .*{what}"):
        execute(settings_of(model))
    assert heard_last().started is None


def test_a_source_that_cannot_be_opened_again_is_named(settings_for, execute, monkeypatch):
    monkeypatch.setattr(
        "textgen_plugins.sources.pydoc._topics_text", lambda: "one two three " * 100
    )
    settings = settings_for(source="pydoc:topics")
    opened = settings.parts[Kind.SOURCE].make

    def elsewhere(locator):
        corpus = opened(locator)
        provenance = dataclasses.replace(corpus.provenance, locator="https://example.org")
        return dataclasses.replace(corpus, provenance=provenance)

    monkeypatch.setattr(Choice, "make", lambda self, *args: elsewhere(*args))
    with pytest.raises(PluginError, match=r"'https://example\.org'.*must begin with pydoc:"):
        execute(settings)


def test_what_the_check_of_a_model_draws_changes_nothing(settings_of, execute):
    """The run of a model that draws numbers in its first call equals that of one that does not."""
    calls = itertools.count()

    class Drawing(Bigram):
        def forward(self, tokens, state=None):
            if next(calls) == 0:
                torch.rand(100)
            return super().forward(tokens, state)

    one, other = execute(settings_of(Drawing)), execute(settings_of(Bigram))
    ends = [unpack(session.files[LAST])["stepper"]["model"] for session in (one, other)]
    assert torch.equal(ends[0]["table.weight"], ends[1]["table.weight"])


class Failing(Bigram):
    """Runs into trouble with its device some steps after its run has begun."""

    error = RuntimeError()
    steps_left = 9

    def has_begun(self):
        return True

    def forward(self, tokens, state=None):
        if self.training and self.has_begun():
            if not self.steps_left:
                raise self.error
            self.steps_left -= 1
        return super().forward(tokens, state)


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried 9 GiB\nmore"), "not enough memory"),
        (MemoryError(), "not enough memory"),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:127] ..."), "training.batch_size"),
        (torch.AcceleratorError("CUDA error: device unavailable"), "textgen resume RUN"),
    ],
)
def test_trouble_with_the_device_ends_in_words_and_keeps_the_last_checkpoint(
    error, what, settings_of, execute, heard_last, monkeypatch
):
    monkeypatch.setattr(Failing, "error", error)
    monkeypatch.setattr(Failing, "has_begun", lambda self: heard_last().started is not None)
    settings = settings_of(Failing, training={"evaluate_every": 0.1, "precision": "fp32"})
    with pytest.raises(TrainingError, match=what) as failure:
        execute(settings)
    assert "\n" not in str(failure.value)
    assert heard_last().finished.status == "failed"
    assert unpack(heard_last().files[LAST])["stepper"]["step"] == 9


@pytest.mark.parametrize("kind", [nn.Parameter, nn.Buffer])
def test_a_model_too_large_for_the_memory_is_no_fault_of_its_plugin(kind, settings_of, execute):
    def huge(vocab_size):
        model = Bigram(vocab_size)
        model.more = kind(torch.empty(2**52))
        return model

    with pytest.raises(TrainingError, match=r"too little memory|not enough memory"):
        execute(settings_of(huge))


@pytest.mark.parametrize("fails_in", ["forward", "backward"])
def test_a_model_that_cannot_compute_in_half_precision_is_trained_in_fp32(
    fails_in, settings_of, execute, monkeypatch
):
    monkeypatch.setattr("textgen.training.precision._processor_has_bf16", lambda: True)

    class Fussy(Bigram):
        def forward(self, tokens, state=None):
            logits = self.table(tokens) @ torch.eye(self.table.embedding_dim)
            if logits.dtype != torch.float32:
                if fails_in == "forward":
                    raise TypeError("no such type")
                logits.register_hook(lambda gradient: 1 / 0)
            return logits, None

    heard = execute(settings_of(Fussy))
    assert heard.started.environment["precision"] == "fp32"
    assert any("cannot compute in bf16" in note for note in heard.notes)
    with pytest.raises(PluginError, match="cannot compute in bf16"):
        execute(settings_of(Fussy, training={"precision": "bf16"}))
