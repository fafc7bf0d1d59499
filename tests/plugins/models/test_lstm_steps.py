"""The LSTM's step decoders give the logits of ``forward``, token by token, on the CPU."""

import pytest
import torch

from textgen_plugins.models.lstm_steps import ManyTextSteps, OneTextSteps, make_steps
from textgen_plugins.models.lstm_weights import step_weights

MODELS = [(1, 11, "embedding"), (2, 24, "embedding"), (3, 40, "one-hot"), (2, 33, "scalar")]
every_model = pytest.mark.parametrize("shape", MODELS, ids=str)


def one_text(model):
    return OneTextSteps(step_weights(model))


def many_texts(model, rows=5, dtype=torch.float32):
    return ManyTextSteps(step_weights(model), rows, dtype)


@every_model
@pytest.mark.parametrize("seed", [0, 1])
def test_in_float32_they_are_exact_to_five_digits(lab, shape, seed):
    model = lab.model_of(*shape, seed=seed)
    texts = lab.texts_of(5, 40, seed=seed)
    expected = lab.exact_logits(model, texts)
    assert lab.relative_error(lab.stepped_logits(many_texts(model), texts), expected) < 1e-5
    alone = lab.stepped_logits(one_text(model), texts[:1])
    assert lab.relative_error(alone, expected[:1]) < 1e-5


@every_model
def test_in_bfloat16_they_are_exact_to_two_digits(lab, shape):
    model, texts = lab.model_of(*shape), lab.texts_of(5, 12)
    found = lab.stepped_logits(many_texts(model, dtype=torch.bfloat16), texts)
    assert lab.relative_error(found, lab.exact_logits(model, texts)) < 2e-2


@every_model
def test_fresh_texts_begin_anew_and_the_others_go_on(lab, shape):
    model, texts = lab.model_of(*shape), lab.texts_of(4, 10)
    steps = many_texts(model, rows=4)
    lab.stepped_logits(steps, texts)
    fresh = torch.tensor([True, False, True, False])
    more = lab.texts_of(4, 6, seed=1)
    first = steps.step(more[:, 0], fresh).clone()[:, None]
    found = torch.cat([first, lab.stepped_logits(steps, more[:, 1:])], dim=1)
    begun = lab.exact_logits(model, more)
    gone_on = lab.exact_logits(model, torch.cat([texts, more], dim=1))[:, 10:]
    assert lab.relative_error(found[fresh], begun[fresh]) < 1e-5
    assert lab.relative_error(found[~fresh], gone_on[~fresh]) < 1e-5


def test_one_text_begins_anew(lab):
    model, texts = lab.model_of(2, 24, "embedding"), lab.texts_of(1, 10)
    steps = one_text(model)
    lab.stepped_logits(steps, texts)
    first = steps.step(texts[:, 0], torch.tensor([True])).clone()
    assert lab.relative_error(first, lab.exact_logits(model, texts)[:, 0]) < 1e-5


def test_a_model_offers_the_one_that_fits(lab):
    model = lab.model_of(2, 24, "embedding")
    assert isinstance(make_steps(model, 1, torch.float32), OneTextSteps)
    assert isinstance(make_steps(model, 2, torch.float32), ManyTextSteps)
    assert isinstance(model.step_decoder(1, torch.bfloat16), ManyTextSteps)


def test_weights_trained_on_are_not_those_of_a_step_decoder_made_before(lab):
    model, texts = lab.model_of(2, 24, "embedding"), lab.texts_of(1, 3)
    before = lab.exact_logits(model, texts)
    steps = one_text(model)
    with torch.no_grad():
        for weight in model.parameters():
            weight.zero_()
    assert lab.relative_error(lab.stepped_logits(steps, texts), before) < 1e-5
