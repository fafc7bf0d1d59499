"""The rule of step decoders: what a model writes by is what it reads by.

Shapes: R texts, T tokens, V tokens in the vocabulary.
"""

from __future__ import annotations

import torch
from torch import Tensor

from textgen.parts import StepDecoder
from textgen.testing.modules import LENGTH, ROWS, VOCAB, difference, read, ready, tokens_of
from textgen.testing.rules import NotApplicable, RuleBook, require
from textgen.testing.subjects import Subject

RULES = RuleBook()

_HALF = LENGTH // 2


@RULES
def step_decoder(subject: Subject) -> None:
    """Its step decoder gives the logits of forward, token by token, and begins texts anew."""
    model, tokens = ready(subject), tokens_of(ROWS, LENGTH)
    offer = getattr(model, "step_decoder", None)
    with torch.no_grad():
        steps = offer(ROWS, torch.float32) if offer else None
    if steps is None:
        raise NotApplicable("it offers none")
    whole, _ = read(model, tokens)
    second_half, _ = read(model, tokens[:, _HALF:])
    everyone, first_only = torch.ones(ROWS, dtype=torch.bool), torch.arange(ROWS) == 0
    expected = torch.cat([second_half[:1], whole[1:, _HALF:]])
    _check("", whole[:, :_HALF], _stepped(steps, tokens[:, :_HALF], everyone))
    _check("after one text began anew, ", expected, _stepped(steps, tokens[:, _HALF:], first_only))


@torch.no_grad()
def _stepped(steps: StepDecoder, texts: Tensor, fresh: Tensor) -> Tensor:
    """Have a step decoder read texts ``[R, T]``, some of them ``fresh``; return ``[R, T, V]``."""
    logits = []
    for place, tokens in enumerate(texts.unbind(dim=1)):
        found = steps.step(tokens.contiguous(), None if place else fresh)
        shape, kind = list(found.shape), found.dtype
        require(
            shape == [len(texts), VOCAB] and kind == torch.float32,
            f"a step gives {kind} of shape {shape}, not float32 of shape {[len(texts), VOCAB]}",
        )
        logits.append(found.clone())
    return torch.stack(logits, dim=1)


def _check(when: str, expected: Tensor, found: Tensor) -> None:
    for place in range(expected.shape[1]):
        off = difference(found[:, place], expected[:, place])
        require(not off, f"{when}the logits of step {place} are off by {off:.2g} from forward's")
