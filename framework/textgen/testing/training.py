"""Rules of models in training: they learn, and an interruption changes nothing.

Both are tried with the steps and the checkpoints that runs use.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from textgen.data.batches import StreamBatches
from textgen.testing.modules import (
    LENGTH,
    ROWS,
    VOCAB,
    build,
    fit,
    fits_itself,
    has_weights,
    read,
    tokens_of,
)
from textgen.testing.rules import NotApplicable, RuleBook, require
from textgen.testing.subjects import Subject
from textgen.training.checkpoints import pack, unpack
from textgen.training.objectives import cross_entropy
from textgen.training.options import TrainingOptions
from textgen.training.precision import Precision
from textgen.training.stepper import Stepper

RULES = RuleBook()

_RATES = (1e-2, 1e-3, 1e-4)
"""Learning rates, the one that is soonest done first; deep models may need one of the others."""
_OPTIONS = TrainingOptions(
    batch_size=8, sequence_length=LENGTH, learning_rate=_RATES[0], schedule="constant", warmup=0
)
_PERIOD = 8
_TEXT = torch.arange(_PERIOD).repeat(150)
_MOST_STEPS = 400
_STEPS_BETWEEN_LOOKS = 10
_LEARNED = 0.7
"""Of the loss of one who knows how often each token comes and nothing else."""
_AIM = _LEARNED * math.log(_PERIOD)
_HUGE = 20_000_000
_STEPS_BEFORE_AND_AFTER = 4


@RULES
def learns(subject: Subject) -> None:
    """It learns a short text that repeats itself, better than by how often each token comes."""
    model = build(subject, _PERIOD)
    if fits_itself(model):
        fit(model, _TEXT)
        losses = [_loss(model)]
    else:
        losses = _losses_after_training(subject, model)
    require(
        losses[-1] < _AIM,
        f"its loss on it ends at {min(losses):.2f} nats per token, not below {_AIM:.2f}",
    )


@RULES
def fits_any_text(subject: Subject) -> None:
    """Where it fits itself, it reads before it has, and fits itself to a text of one token."""
    model = build(subject)
    if not fits_itself(model):
        raise NotApplicable("it is trained by gradients")
    tokens = tokens_of(ROWS, LENGTH)
    for when in ("before", "after"):
        found = list(read(model.eval(), tokens)[0].shape)
        expected = [ROWS, LENGTH, VOCAB]
        require(found == expected, f"{when} its fit, logits have the shape {found}")
        fit(model, tokens[0, :1])


@RULES
def resume(subject: Subject) -> None:
    """Training that is interrupted, saved and loaded ends in the same weights, bit for bit."""
    model = build(subject, _PERIOD)
    if fits_itself(model):
        raise NotApplicable("it fits itself, in one go")
    _require_weights(model)
    stepper = _stepper(subject, model)
    _take(stepper, _STEPS_BEFORE_AND_AFTER)
    saved = pack(stepper.state())
    _take(stepper, _STEPS_BEFORE_AND_AFTER)
    resumed = _stepper(subject, build(subject, _PERIOD))
    resumed.load_state(unpack(saved))
    _take(resumed, _STEPS_BEFORE_AND_AFTER)
    for name, weight in stepper.model.state_dict().items():
        same = torch.equal(weight, resumed.model.state_dict()[name])
        require(same, f"after an interruption, {name!r} ends otherwise than without one")


def _losses_after_training(subject: Subject, model: nn.Module) -> list[float]:
    """Return the losses at one learning rate after another, up to the first that is low enough."""
    _require_weights(model)
    size = sum(weight.numel() for weight in model.parameters())
    if size > _HUGE:
        raise NotApplicable(f"with {size:,} parameters it takes long; set smaller options")
    losses: list[float] = []
    for rate in _RATES:
        options = _OPTIONS.model_copy(update={"learning_rate": rate})
        losses.append(_loss_after(_stepper(subject, build(subject, _PERIOD), options)))
        if losses[-1] < _AIM:
            break
    return losses


def _loss_after(stepper: Stepper) -> float:
    """Train until the text is learned well enough, or for as long as is reasonable."""
    loss = math.inf
    while not loss < _AIM and stepper.step < _MOST_STEPS:
        _take(stepper, _STEPS_BETWEEN_LOOKS)
        loss = _loss(stepper.model)
    return loss


def _require_weights(model: nn.Module) -> None:
    require(has_weights(model), "it has no weights to train, and no method fit")


def _stepper(subject: Subject, model: nn.Module, options: TrainingOptions = _OPTIONS) -> Stepper:
    batches = StreamBatches(
        _TEXT,
        batch_size=options.batch_size,
        length=options.sequence_length,
        seed=subject.seed,
    )
    return Stepper(
        model, batches, steps=_MOST_STEPS, options=options, precision=Precision("fp32", "cpu")
    )


def _take(stepper: Stepper, steps: int) -> None:
    stepper.model.train()
    for _ in range(steps):
        stepper.take()


def _loss(model: nn.Module) -> float:
    """Return the loss on the text, in nats per token."""
    pieces: Tensor = _TEXT[: _PERIOD * (LENGTH + 1)].view(_PERIOD, LENGTH + 1)
    logits, _ = read(model.eval(), pieces[:, :-1])
    loss = cross_entropy(logits, pieces[:, 1:], objective="all-steps", reduction="mean")
    return loss.item()
