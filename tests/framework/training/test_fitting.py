"""A model without gradients, which fits itself, is run as any other."""

import io
import math

import pytest
import torch
from rich.console import Console
from torch import nn

from textgen.announcing import Announcer
from textgen.cli.progress import BarProgress
from textgen.errors import PluginError, TrainingError
from textgen.pipeline import load_trained
from textgen.runs import Run
from textgen.training.checkpoints import BEST, LAST, unpack

ALPHA = 0.1


class Counts(nn.Module):
    """Counts which token follows which; keeps the pairs that occur, as many as they are."""

    fits = 0

    def __init__(self, vocab_size):
        super().__init__()
        self.vocab_size = vocab_size
        self.register_buffer("pairs", torch.zeros(0, dtype=torch.int64))
        self.register_buffer("counts", torch.zeros(0))

    def fit(self, tokens):
        assert tokens.dtype == torch.int64
        assert not torch.is_grad_enabled()
        type(self).fits += 1
        pairs = tokens[:-1] * self.vocab_size + tokens[1:]
        self.pairs, counts = pairs.unique(return_counts=True)
        self.counts = counts.float()

    def forward(self, tokens, state=None):
        table = self.counts.new_full([self.vocab_size**2], ALPHA)
        table[self.pairs] = self.counts
        return table.view(self.vocab_size, -1)[tokens].log(), None

    def _load_from_state_dict(self, state, prefix, *rest):
        for name, buffer in self.named_buffers(recurse=False):
            buffer.resize_(state[prefix + name].shape)
        super()._load_from_state_dict(state, prefix, *rest)


class Told:
    """Keeps what progress a run told of."""

    def __init__(self):
        self.events = []

    def textgen_progress(self, event):
        self.events.append(event)


@pytest.fixture
def settings(settings_of, monkeypatch):
    monkeypatch.setattr(Counts, "fits", 0)
    return settings_of(Counts)


def weights(listener, name=LAST):
    kept = unpack(listener.files[name])
    return kept if name == BEST else kept["stepper"]["model"]


def test_a_model_that_fits_itself_takes_one_step_and_is_evaluated_once(settings, execute):
    heard = execute(settings)
    assert Counts.fits == 1
    assert heard.started.plan.steps == 1
    assert heard.started.plan.parameters is None
    assert heard.started.plan.tokens_per_step == heard.started.plan.training_tokens
    (step, size), (evaluated, figures) = heard.metrics
    assert (step, evaluated) == (1, 1)
    assert size == {"parameters": 2 * len(weights(heard)["pairs"])}
    assert heard.finished.summary["best_loss"] == figures["validation_loss"]
    assert (heard.finished.status, heard.finished.reason) == ("finished", "all steps taken")
    assert heard.started.environment["precision"] == "fp32"
    assert len(heard.sample.text) == 20


def test_its_held_out_loss_is_that_of_its_counts(settings, execute, text_file):
    heard = execute(settings)
    text = text_file.read_text()
    split = heard.started.plan.training_tokens
    known = [text[:split][i : i + 2] for i in range(split - 1)]
    vocabulary = heard.started.plan.vocab_size

    def nats(pair):
        seen = sum(other[0] == pair[0] for other in set(known))
        all_of_it = sum(other[0] == pair[0] for other in known) + ALPHA * (vocabulary - seen)
        return -math.log((known.count(pair) or ALPHA) / all_of_it)

    scored = [text[i - 1 : i + 1] for i in range(split, len(text))]
    expected = sum(map(nats, scored)) / len(scored)
    assert heard.finished.summary["best_loss"] == pytest.approx(expected, rel=1e-5)


def test_what_was_fitted_is_loaded_again_whatever_its_size(settings, execute):
    heard = execute(settings)
    loaded = load_trained(settings, heard.files.get, "cpu").model.state_dict()
    assert len(loaded["pairs"]) > 0
    assert all(torch.equal(loaded[name], tensor) for name, tensor in weights(heard, BEST).items())


@pytest.mark.parametrize("stop_at", [0, 1])
def test_stopped_before_or_after_its_fit_it_goes_on_as_if_it_had_not_been(
    stop_at, settings, execute
):
    whole = execute(settings)
    stopped = execute(settings, stop_at=stop_at)
    assert stopped.finished.status == "interrupted"
    assert stopped.finished.step == stop_at
    rest = execute(settings, earlier=stopped)
    assert Counts.fits == 2
    assert stopped.metrics + rest.metrics == whole.metrics
    assert rest.sample == whole.sample
    with pytest.raises(TrainingError, match="nothing is left to resume") as refused:
        execute(settings, earlier=rest)
    assert "--epochs" not in str(refused.value)


def test_stopped_at_once_within_its_fit_it_leaves_no_half_fitted_weights(
    settings, execute, heard_last, monkeypatch
):
    def interrupted(self, tokens):
        raise KeyboardInterrupt

    monkeypatch.setattr(Counts, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        execute(settings)
    assert heard_last().finished.status == "interrupted"
    assert LAST not in heard_last().files


def test_progress_without_a_training_loss_is_told_and_displayed(settings, plugins):
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    display, told = BarProgress(console), Told()
    announce = Announcer(plugins.manager, complain=pytest.fail)
    announce.listen(display, told)
    Run(settings, announce=announce).execute()
    assert {event.loss for event in told.events} == {None}
    assert told.events[-1].tokens_per_second > 0
    assert "held-out" in console.file.getvalue()
    assert "loss" not in console.file.getvalue()


def test_an_error_within_the_fit_names_the_plugin(settings, execute, monkeypatch):
    monkeypatch.setattr(Counts, "fit", lambda self, tokens: 1 / 0)
    with pytest.raises(PluginError, match=r"model 'odd' of textgen-odd 3\.2: .*ZeroDivisionError"):
        execute(settings)


@pytest.mark.parametrize("alpha", [math.nan, 0.0])
def test_a_model_that_gives_a_token_no_probability_fails(
    alpha, settings, execute, monkeypatch, text_file
):
    monkeypatch.setitem(globals(), "ALPHA", alpha)
    text_file.write_text(text_file.read_text() + "?!")
    with pytest.raises(TrainingError, match="every token some probability"):
        execute(settings)


@pytest.mark.cuda
def test_on_a_gpu_it_learns_and_writes_the_same(settings_of, execute):
    here, there = (execute(settings_of(Counts, device=device)) for device in ["cpu", "cuda"])
    assert there.finished.summary["best_loss"] == pytest.approx(
        here.finished.summary["best_loss"], rel=1e-5
    )
    assert len(there.sample.text) == 20


def test_trainable_weights_come_before_a_fit(settings_of, execute):
    class Both(Counts):
        def __init__(self, vocab_size):
            super().__init__(vocab_size)
            self.bias = nn.Parameter(torch.zeros(vocab_size))

        def forward(self, tokens, state=None):
            logits, _ = super().forward(tokens)
            return logits + self.bias, None

    heard = execute(settings_of(Both))
    assert heard.started.plan.steps > 1
    assert heard.started.plan.parameters == heard.started.plan.vocab_size
