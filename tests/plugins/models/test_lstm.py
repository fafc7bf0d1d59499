"""The LSTM models keep the model's contract: shapes, causality, carried state, gradients."""

import pytest
import torch

from textgen_plugins.models.lstm import build_single, build_stacked
from textgen_plugins.models.options import SingleLSTMOptions, StackedLSTMOptions

VOCAB = 9
INPUTS = ["embedding", "one-hot", "scalar"]


def make(layers, kind, **options):
    torch.manual_seed(0)
    common = {"hidden_size": 11, "input": kind, **options}
    if layers == 1:
        model = build_single(VOCAB, SingleLSTMOptions(**common))
    else:
        model = build_stacked(VOCAB, StackedLSTMOptions(num_layers=layers, **common))
    return model


every_model = pytest.mark.parametrize(
    "model",
    [
        pytest.param(make(layers, kind).eval(), id=f"{layers}-{kind}")
        for layers in (1, 2, 3)
        for kind in INPUTS
    ],
)
TOKENS = torch.randint(VOCAB, (3, 12), generator=torch.Generator().manual_seed(1))


@every_model
def test_logits_have_a_row_for_every_token(model):
    logits, state = model(TOKENS)
    assert logits.shape == (3, 12, VOCAB)
    assert len(state) == len(model.layers)


@every_model
def test_a_logit_depends_on_no_later_token(model):
    """By gradient: the input layer's output at t reaches the logits from t on, none before."""
    features = []
    hook = model.input.register_forward_hook(
        lambda module, arguments, output: (
            features.append(output.detach().requires_grad_()) or features[-1]
        )
    )
    logits, _ = model(TOKENS)
    hook.remove()
    logits[:, 5].sum().backward()
    reached = features[0].grad.abs().sum(dim=(0, 2)) > 0
    assert reached.tolist() == [True] * 6 + [False] * 6


@every_model
def test_carried_state_equals_one_long_call(model):
    whole, end = model(TOKENS)
    state, pieces = None, []
    for part in TOKENS.split([1, 4, 7], dim=1):
        logits, state = model(part, state)
        pieces.append(logits)
    torch.testing.assert_close(torch.cat(pieces, dim=1), whole)
    torch.testing.assert_close(state, end)


@every_model
def test_streams_do_not_influence_each_other(model):
    together, _ = model(TOKENS)
    alone, _ = model(TOKENS[1:2])
    torch.testing.assert_close(together[1:2], alone)


@every_model
def test_every_weight_gets_a_gradient(model):
    model.zero_grad()
    logits, _ = model(TOKENS)
    logits.logsumexp(-1).sum().backward()
    assert all(weight.grad is not None and weight.grad.any() for weight in model.parameters())


def test_dropout_works_in_training_only():
    model = make(2, "embedding", dropout=0.5)
    assert not torch.equal(model(TOKENS)[0], model(TOKENS)[0])
    model.eval()
    assert torch.equal(model(TOKENS)[0], model(TOKENS)[0])


def test_scalar_input_is_the_id_over_the_vocabulary_size():
    fed = make(1, "scalar").input(torch.tensor([[0, 3, 8]]))
    torch.testing.assert_close(fed, torch.tensor([[[0.0], [3 / VOCAB], [8 / VOCAB]]]))


def test_the_same_arithmetic_as_one_lstm_of_two_layers():
    model = make(2, "embedding").eval()
    plain = torch.nn.LSTM(11, 11, num_layers=2, batch_first=True)
    for index, layer in enumerate(model.layers):
        for name, weight in layer.named_parameters():
            target = getattr(plain, name.replace("_l0", f"_l{index}"))
            target.data.copy_(weight)
    hidden, _ = plain(model.input(TOKENS))
    torch.testing.assert_close(model(TOKENS)[0], model.output(hidden))
