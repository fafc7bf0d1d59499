"""Models and measures that the tests of step decoders have in common, on any device."""

import copy
from types import SimpleNamespace

import pytest
import torch

from textgen_plugins.models.lstm import LSTMModel
from textgen_plugins.models.options import SingleLSTMOptions

VOCAB = 13


def model_of(layers, hidden, kind, *, seed=0, device="cpu"):
    """A model with weights large enough for its gates to open and close."""
    torch.manual_seed(seed)
    options = SingleLSTMOptions(hidden_size=hidden, input=kind)
    model = LSTMModel(VOCAB, layers, options).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight *= 3
    return model.to(device)


def texts_of(rows, length, *, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(VOCAB, (rows, length), generator=generator)


@torch.no_grad()
def exact_logits(model, texts):
    """The logits ``[R, T, V]`` that ``forward`` gives in float64 on the CPU."""
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        return copy.deepcopy(model).cpu().double()(texts.cpu())[0]
    finally:
        torch.set_default_dtype(default)


def relative_error(found, expected):
    """The length of the difference over that of what is expected."""
    return ((found.double().cpu() - expected).norm() / expected.norm()).item()


@torch.no_grad()
def stepped_logits(steps, texts):
    """The logits ``[R, T, V]`` of a step decoder that reads texts ``[R, T]``."""
    return torch.stack([steps.step(tokens.contiguous()).clone() for tokens in texts.t()], dim=1)


@pytest.fixture
def lab():
    """The functions above."""
    return SimpleNamespace(
        vocab=VOCAB,
        model_of=model_of,
        texts_of=texts_of,
        exact_logits=exact_logits,
        relative_error=relative_error,
        stepped_logits=stepped_logits,
    )
