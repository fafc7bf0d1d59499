"""Writing on a CUDA GPU: captured, with kernels and without, what plain loops write."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from textgen import TokenChooser
from textgen.generation import device_choice, stepping
from textgen.generation.decoders import ModuleDecoder
from textgen.generation.rules import Rules
from textgen.kernels import kernels_for
from textgen.training.devices import resolve_device
from textgen_plugins.models.lstm import LSTMModel
from textgen_plugins.models.options import SingleLSTMOptions

pytestmark = pytest.mark.cuda
VOCAB = 11
PROMPT = torch.randint(VOCAB, (1, 30), generator=torch.Generator().manual_seed(5))


class Plain(nn.Module):
    """A model as third parties write them: it has `forward` alone."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, tokens, state=None):
        return self.model(tokens, state)


class Waiting(Plain):
    """A model that cannot be captured."""

    def forward(self, tokens, state=None):
        assert tokens.max().item() < VOCAB
        return self.model(tokens, state)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(3)
    model = LSTMModel(VOCAB, 2, SingleLSTMOptions(hidden_size=32))
    with torch.no_grad():
        for weight in model.parameters():
            weight *= 5
    return model


def written(model, device, *, count=1, length=300, window=None, **choice):
    model = copy.deepcopy(model).to(resolve_device(device))
    decoder = ModuleDecoder(model, VOCAB, context=None)
    prompt = PROMPT.repeat(count, 1).to(device)
    choose = TokenChooser(streams=count, seed=4, **choice)
    blocks = decoder.write(prompt, choose, window=window)
    text = torch.empty(count, 0, dtype=torch.int64)
    while text.shape[1] < length:
        text = torch.cat([text, next(blocks).cpu()], dim=1)
    return text[:, :length]


@pytest.mark.parametrize("window", [None, 7, 50])
@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize("wrapper", [lambda model: model, Plain, Waiting])
def test_greedy_text_is_that_of_the_cpu(model, wrapper, count, window):
    options = {"count": count, "window": window, "temperature": 0}
    here = written(wrapper(model), "cuda", **options)
    assert torch.equal(here, written(model, "cpu", **options))


@pytest.mark.parametrize("choice", [{}, {"top_k": 4, "top_p": 0.9}])
def test_the_first_of_many_texts_is_the_text_alone(model, choice):
    many = written(model, "cuda", count=5, **choice)
    assert torch.equal(many[:1], written(model, "cuda", **choice))
    assert len({tuple(row.tolist()) for row in many}) == 5


def test_steps_are_captured_where_they_can_be(model):
    model = copy.deepcopy(model).cuda()
    prompt, choose = PROMPT.cuda(), TokenChooser(streams=1, seed=0)
    assert stepping.CapturedWriting.of(stepping.ModuleSteps(Plain(model)), prompt, choose)
    assert stepping.CapturedWriting.of(model.step_decoder(1, torch.float32), prompt, choose)
    assert stepping.CapturedWriting.of(stepping.ModuleSteps(Waiting(model)), prompt, choose) is None
    torch.nn.functional.dropout(torch.ones(3, device="cuda"))  # random numbers can still be had


@pytest.mark.parametrize("with_kernels", [True, False])
@pytest.mark.parametrize("vocab", [2, 46, 300])
def test_tokens_are_drawn_as_often_as_the_logits_say(vocab, with_kernels, monkeypatch):
    """A chi-square test at its 99.99 % point."""
    if not with_kernels:
        monkeypatch.setattr(device_choice, "kernels_for", lambda load, device: None)
    generator = torch.Generator().manual_seed(0)
    row, draws = torch.randn(vocab, generator=generator), torch.rand(200_000, generator=generator)
    logits = row.expand(len(draws), -1).contiguous().cuda()
    picked = device_choice.pick(logits, draws.cuda(), Rules(0.8, None, None)).cpu()
    counts = np.bincount(picked.numpy(), minlength=vocab)
    expected = (row / 0.8).softmax(-1).numpy() * len(draws)
    freedom = vocab - 1
    bound = freedom * (1 - 2 / (9 * freedom) + 3.72 * (2 / (9 * freedom)) ** 0.5) ** 3
    assert ((counts - expected) ** 2 / expected).sum() < bound


def test_the_kernel_for_choosing_runs_here():
    assert kernels_for(device_choice._kernels, torch.device("cuda")) is not None


@pytest.mark.parametrize("window", [None, 7])
@pytest.mark.parametrize("count", [1, 3])
def test_drawn_text_of_a_third_partys_model_is_that_of_the_cpu(model, count, window):
    """No draw of these falls so close to a border that rounding decides."""
    options = {"count": count, "window": window, "length": 60}
    assert torch.equal(
        written(Plain(model), "cuda", **options), written(Plain(model), "cpu", **options)
    )


def test_a_state_that_no_graph_can_hold_is_written_by_the_loop(model):
    class Growing(Plain):
        def forward(self, tokens, state=None):
            seen = tokens if state is None else torch.cat([state, tokens], dim=1)
            return self.model(seen)[0][:, -tokens.shape[1] :], seen

    options = {"temperature": 0, "length": 80}
    assert torch.equal(written(Growing(model), "cuda", **options), written(model, "cpu", **options))
