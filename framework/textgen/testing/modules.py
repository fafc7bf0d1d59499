"""Models on trial: how the rules build them, what they have them read, and what counts as equal.

Shapes: B sequences, T tokens, V tokens in the vocabulary.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from textgen.parts import SelfFitting
from textgen.testing.rules import BrokenRule, require
from textgen.testing.subjects import Subject

VOCAB = 11
ROWS = 3
LENGTH = 8
_FIT_LENGTH = 400
_STIRRING = 0.02
_TOLERANCE = 1e-4


def build(subject: Subject, vocab_size: int = VOCAB, *, seed: int | None = None) -> nn.Module:
    """Build the model as a run does: its weights come from the seed, on the CPU.

    One whose layers learn their sizes from what they are given reads a token, as before a run.
    """
    torch.manual_seed(subject.seed if seed is None else seed)
    model = subject.make(vocab_size)
    if not isinstance(model, nn.Module):
        raise BrokenRule(f"its factory made a {type(model).__name__}, not a torch.nn.Module")
    if any(map(is_lazy, chain(model.parameters(), model.buffers()))):
        read(model.eval(), tokens_of(1, 1, vocab_size))
        model.train()
    return model


def ready(subject: Subject, vocab_size: int = VOCAB) -> nn.Module:
    """Build the model, let it fit itself where it does that, and stir its weights a little.

    A model whose last layer begins with zeros has logits that depend on nothing; stirred, it shows
    what it will depend on once it is trained.
    """
    model = build(subject, vocab_size)
    if fits_itself(model):
        fit(model, tokens_of(1, _FIT_LENGTH, vocab_size)[0])
    generator = torch.Generator().manual_seed(subject.seed)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn(weight.shape, generator=generator), alpha=_STIRRING)
    return model.eval()


def fits_itself(model: nn.Module) -> bool:
    """Whether a model has no weights to train and learns by a method of its own."""
    return isinstance(model, SelfFitting) and not has_weights(model)


def has_weights(model: nn.Module) -> bool:
    """Whether there is anything for an optimiser to train."""
    return any(weight.requires_grad for weight in model.parameters())


def fit(model: nn.Module, tokens: Tensor) -> None:
    """Have a model that fits itself learn from tokens ``[N]``."""
    learn: Any = model.fit
    learn(tokens)


def tokens_of(rows: int, length: int, vocab_size: int = VOCAB, *, seed: int = 0) -> Tensor:
    """Return random tokens ``[B, T]``."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(vocab_size, (rows, length), generator=generator)


def read(model: nn.Module, tokens: Tensor, state: Any = None) -> tuple[Tensor, Any]:
    """Have a model read tokens ``[B, T]``; return the logits ``[B, T, V]`` and the state."""
    with torch.no_grad():
        result = model(tokens, state)
    require(
        isinstance(result, tuple) and len(result) == 2,
        f"forward returned a {type(result).__name__}, not a pair of logits and a state",
    )
    logits, state = result
    return logits, state


def difference(found: Tensor, expected: Tensor) -> float:
    """Return the largest difference, relative to the largest of what is expected, or 0.

    Differences that come from another order of sums are 0.
    """
    scale = max(1.0, expected.abs().max().item())
    largest = (found - expected).abs().max().item() / scale
    return 0.0 if largest <= _TOLERANCE else largest
