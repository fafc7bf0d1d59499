"""The arithmetic of training: a run ends with the weights that the formulas give, written out."""

import math

import pytest
import torch

from textgen.pipeline import build_model
from textgen.training.checkpoints import LAST, unpack

SHORT = {"batch_size": 8, "sequence_length": 20, "epochs": 2, "precision": "fp32"}
WINDOWS = {"batching": "windows"}
LAST_STEP = {**WINDOWS, "objective": "last-step", "stride": 9}
PLAIN = {"clip": 0, "weight_decay": 0, "schedule": "constant", "warmup": 0}
WAYS = {
    "streams carry their state": {**PLAIN},
    "windows begin from nothing": {**PLAIN, **WINDOWS},
    "only the last step is scored": {**PLAIN, **LAST_STEP},
    "gradients above the norm are clipped": {**PLAIN, **LAST_STEP, "clip": 0.8},
    "gradients below the norm are not": {**PLAIN, **LAST_STEP, "clip": 10},
    "a sum is clipped as a sum": {**PLAIN, **LAST_STEP, "reduction": "sum", "clip": 7},
    "a sum weighs a short batch less": {**PLAIN, **LAST_STEP, "reduction": "sum"},
    "matrices decay, biases do not": {**PLAIN, "weight_decay": 2.0},
    "warm-up, then a cosine": {**PLAIN, "schedule": "cosine", "warmup": 0.3},
    "no warm-up, then a line": {**PLAIN, "schedule": "linear"},
    "all at once": {"clip": 0.27, "weight_decay": 1.0, "warmup": 0.25, "final_learning_rate": 0.3},
}


def character_ids(text):
    alphabet = sorted(set(text))
    return torch.tensor([alphabet.index(character) for character in text]), len(alphabet)


def loss_of(logits, answers, options):
    """Return the nats of the right answers, by definition."""
    nats = -logits.log_softmax(dim=-1).gather(2, answers[..., None])[..., 0]
    scored = nats[:, -1] if options.objective == "last-step" else nats
    return scored.sum() if options.reduction == "sum" else scored.mean()


def clip(weights, largest):
    """Scale all gradients down together until their common norm is ``largest``."""
    norm = torch.cat([weight.grad.flatten() for weight in weights]).norm()
    if largest and norm > largest:
        for weight in weights:
            weight.grad *= largest / norm


def rate_at(step, steps, options):
    """Rise in even steps to the highest rate, then fall from it to the floor."""
    rising = math.floor(options.warmup * steps)
    if step < rising:
        return options.learning_rate * (step + 1) / rising
    done = (step - rising) / (steps - rising)
    height = {
        "constant": 1.0,
        "linear": 1 - done,
        "cosine": (1 + math.cos(math.pi * done)) / 2,
    }[options.schedule]
    floor = 1.0 if options.schedule == "constant" else options.final_learning_rate
    return options.learning_rate * (floor + (1 - floor) * height)


def update(weights, adam, rate, options):
    """Let matrices shrink towards zero, apart from the gradient; then take Adam's step."""
    for weight in weights:
        if weight.ndim == 2:
            weight.data *= 1 - rate * options.weight_decay
    adam.param_groups[0]["lr"] = rate
    adam.step()


def plain_training(settings, text, places):
    """Train in one plain loop; return the weights."""
    ids, vocab_size = character_ids(text)
    model = build_model(settings, vocab_size, torch.device("cpu"))
    weights, options = list(model.parameters()), settings.training
    adam = torch.optim.Adam(weights)
    state, ended = None, torch.empty(0)
    for step, here in enumerate(places):
        goes_on = torch.equal(here[:, 0], ended + 1)
        logits, state = model(ids[here], state if goes_on else None)
        adam.zero_grad()
        loss_of(logits, ids[here + 1], options).backward()
        clip(weights, options.clip)
        update(weights, adam, rate_at(step, len(places), options), options)
        state = [tuple(part.detach() for part in layer) for layer in state]
        ended = here[:, -1]
    return model.state_dict()


@pytest.mark.parametrize("way", WAYS)
def test_a_run_takes_the_steps_of_a_plain_loop(settings_for, execute, places_read, text_file, way):
    """Two epochs from the same weights over the same places, every step done by hand."""
    model = {"use": "lstm-stacked", "hidden_size": 12, "dropout": 0.0}
    settings = settings_for(model=model, training={**SHORT, **WAYS[way]}, sample={"length": 0})
    heard = execute(settings)
    trained = unpack(heard.files[LAST])["stepper"]["model"]
    places = places_read(settings, heard.started.plan.training_tokens)
    expected = plain_training(settings, text_file.read_text(), places)
    assert heard.finished.step == len(places)
    torch.testing.assert_close(trained, dict(expected), rtol=1e-3, atol=1e-5)
