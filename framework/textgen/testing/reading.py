"""Rules of how models read: left to right, each row by itself, on from a state.

Each is tried in two ways. In training mode, by gradient: what the tokens became in the model's
first layer is watched, and where nothing may flow, the gradient is exactly zero. In evaluation
mode, by reading other tokens: what may not depend on them stays as it is.

Shapes: B sequences, T tokens, V tokens in the vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from textgen.nesting import is_plain
from textgen.testing.modules import (
    LENGTH,
    ROWS,
    VOCAB,
    difference,
    has_weights,
    read,
    ready,
    tokens_of,
)
from textgen.testing.rules import NotApplicable, RuleBook, require
from textgen.testing.subjects import Subject

RULES = RuleBook()

_LONGER = (128, 64, 32, 16)
"""Lengths of a longer text; the first that a model takes is used."""


@RULES
def causality(subject: Subject) -> None:
    """Logits never depend on later tokens."""
    model, tokens = ready(subject), tokens_of(ROWS, LENGTH)
    for end in range(1, LENGTH):
        _check_changes(model, tokens, end)
    for place, reached in enumerate(_reach(model, tokens, lambda logits: logits.unbind(dim=1))):
        later = reached.any(dim=0).nonzero().flatten().tolist()
        seen = [token for token in later if token > place]
        require(not seen, f"in training, logits at token {place} depend on token {seen[:1]}")
    _check_far_ahead(model)


@RULES
def batch_independence(subject: Subject) -> None:
    """The rows of a batch do not influence each other."""
    model, tokens = ready(subject), tokens_of(ROWS, LENGTH)
    together, _ = read(model, tokens)
    for row in range(ROWS):
        alone, _ = read(model, tokens[row : row + 1])
        off = difference(together[row : row + 1], alone)
        require(not off, f"row {row} read with others has logits off by {off:.2g}")
    for row, reached in enumerate(_reach(model, tokens, lambda logits: logits.unbind(dim=0))):
        others = [
            other for other in reached.any(dim=1).nonzero().flatten().tolist() if other != row
        ]
        require(not others, f"in training, logits of row {row} depend on row {others[:1]}")


@RULES
def state_carried(subject: Subject) -> None:
    """Reading a text in pieces, on from the state, equals reading it at once."""
    model, tokens = ready(subject), tokens_of(ROWS, LENGTH)
    whole, state = read(model, tokens)
    if state is None:
        raise NotApplicable("it hands out no state")
    require(is_plain(state), "its state is not of tensors in plain tuples, lists and dictionaries")
    state = None
    for begin, end in pairwise([0, 1, 5, LENGTH]):
        logits, state = read(model, tokens[:, begin:end], state)
        off = difference(logits, whole[:, begin:end])
        require(not off, f"read in pieces, logits from token {begin} on are off by {off:.2g}")


def _check_far_ahead(model: nn.Module) -> None:
    """Require that the beginning of a longer text does not depend on its end, long or short.

    The long end begins at an odd token, so that a model that reads in blocks is caught as well.
    """
    length = next((length for length in _LONGER if _takes(model, length)), LENGTH)
    tokens = tokens_of(ROWS, length)
    ends = (length // 2 + 1, length - 1)
    for end in ends:
        _check_changes(model, tokens, end)
    parts = _reach(model, tokens, lambda logits: [logits[:, :end] for end in ends])
    for end, reached in zip(ends, parts, strict=False):
        later = reached.any(dim=0)[end:].nonzero().flatten() + end
        told = f"in training, logits up to token {end - 1} depend on token {later[:1].tolist()}"
        require(not len(later), told)


def _check_changes(model: nn.Module, tokens: Tensor, end: int) -> None:
    """Require that logits before ``end`` stay as they are when the tokens from there on change."""
    changed = tokens.clone()
    changed[:, end:] = (changed[:, end:] + 1) % VOCAB
    before, after = (read(model.eval(), text)[0][:, :end] for text in (tokens, changed))
    off = difference(after, before)
    require(not off, f"logits up to token {end - 1} change by {off:.2g} when later tokens change")


def _takes(model: nn.Module, length: int) -> bool:
    """Whether a model reads texts of ``length`` tokens, which its context may be too short for."""
    tokens = tokens_of(ROWS, length)
    try:
        logits, _ = read(model.eval(), tokens)
    except Exception:  # whatever it says to more places than it has
        return False
    return logits.shape[:2] == tokens.shape


def _reach(
    model: nn.Module, tokens: Tensor, parts_of: Callable[[Tensor], Iterable[Tensor]]
) -> list[Tensor]:
    """Return for each part that is taken of the logits which inputs ``[B, T]`` reach it.

    Nothing is returned where the tokens enter through no module, or there is nothing to train.
    """
    if not has_weights(model):
        return []
    entrance = _Entrance(model, tokens)
    logits = model.train()(tokens)[0]
    entrance.close()
    if entrance.leaf is None:
        return []
    noise = torch.randn(logits.shape, generator=torch.Generator().manual_seed(0))
    return [_reaching(part, entrance.leaf) for part in parts_of(logits * noise)]


def _reaching(part: Tensor, leaf: Tensor) -> Tensor:
    (gradient,) = torch.autograd.grad(part.sum(), leaf, retain_graph=True, allow_unused=True)
    if gradient is None:
        return torch.zeros(leaf.shape[:2], dtype=torch.bool)
    return (gradient != 0).flatten(start_dim=2).any(dim=2)


class _Entrance:
    """Finds the first module that turns tokens into numbers, and has gradients end there.

    Attributes:
        leaf: What it turned them into, ``[B, T, …]``; None where no module does.
    """

    def __init__(self, model: nn.Module, tokens: Tensor) -> None:
        self.leaf: Tensor | None = None
        self._tokens = tokens
        self._hooks = [
            module.register_forward_hook(self._hear)
            for module in model.modules()
            if module is not model
        ]

    def close(self) -> None:
        """Take the hooks out."""
        for hook in self._hooks:
            hook.remove()

    def _hear(self, module: nn.Module, arguments: tuple[Any, ...], output: Any) -> Any:
        if self.leaf is not None or not self._enters(arguments, output):
            return output
        self.leaf = output.detach().requires_grad_()
        return self.leaf.clone()  # so that the model may write into it

    def _enters(self, arguments: tuple[Any, ...], output: Any) -> bool:
        if not arguments or not isinstance(output, Tensor) or not output.is_floating_point():
            return False
        given = arguments[0]
        return (
            isinstance(given, Tensor)
            and torch.equal(given, self._tokens)
            and output.ndim > 2
            and output.shape[:2] == self._tokens.shape
        )
