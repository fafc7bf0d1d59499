"""The model of this package, by itself."""

import pytest
import torch

from textgen_gru import GRUOptions
from textgen_gru.model import GRU


@pytest.fixture(params=[1, 3], ids=["one layer", "three layers"])
def model(request):
    torch.manual_seed(0)
    return GRU(11, GRUOptions(hidden_size=8, num_layers=request.param)).eval()


@pytest.mark.textgen_part("model", "gru", hidden_size=16)
def test_keeps_the_contract(conformance):
    conformance()


def test_a_training_step_reaches_every_weight(model):
    logits, _ = model.train()(torch.randint(11, (2, 9)))
    logits.logsumexp(-1).sum().backward()
    assert all(weight.grad.abs().sum() > 0 for weight in model.parameters())


def test_dropout_is_for_training_alone(model):
    tokens = torch.randint(11, (2, 9))
    assert torch.equal(model(tokens)[0], model(tokens)[0])
    model.train()
    assert not torch.equal(model(tokens)[0], model(tokens)[0])
