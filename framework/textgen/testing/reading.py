"""Rules of how models read: left to right, each row by itself, on from a state.

Each is tried in two ways. In training mode, by gradient: what the tokens became in the model's
first layer is watched, and where nothing may flow, the gradient is exactly zero. In evaluation
mode, by reading other tokens: what may not depend on them stays as it is.

Shapes: B sequences, T tokens, V tokens in the vocabulary.
"""

from __future__ import annotations

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


@RULES
def causality(subject: Subject) -> None:
    """Logits never depend on later tokens."""
    model, tokens = ready(subject), tokens_of(ROWS, LENGTH)
    logits, _ = read(model, tokens)
    for place in range(LENGTH - 1):
        changed = tokens.clone()
        changed[:, place + 1 :] = (changed[:, place + 1 :] + 1) % VOCAB
        off = difference(read(model, changed)[0][:, : place + 1], logits[:, : place + 1])
        require(not off, f"logits up to token {place} change by {off:.2g} when later tokens change")
    for place, reached in enumerate(_reach(model, tokens, dim=1)):
        later = reached.any(dim=0).nonzero().flatten().tolist()
        seen = [token for token in later if token > place]
        require(not seen, f"in training, logits at token {place} depend on token {seen[:1]}")


@RULES
def batch_independence(subject: Subject) -> None:
    """The rows of a batch do not influence each other."""
    model, tokens = ready(subject), tokens_of(ROWS, LENGTH)
    together, _ = read(model, tokens)
    for row in range(ROWS):
        alone, _ = read(model, tokens[row : row + 1])
        off = difference(together[row : row + 1], alone)
        require(not off, f"row {row} read with others has logits off by {off:.2g}")
    for row, reached in enumerate(_reach(model, tokens, dim=0)):
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


def _reach(model: nn.Module, tokens: Tensor, *, dim: int) -> list[Tensor]:
    """Return for each slice of the logits along ``dim`` which inputs ``[B, T]`` reach it.

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
    return [_reaching(part, entrance.leaf) for part in (logits * noise).unbind(dim=dim)]


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
        whole = isinstance(given, Tensor) and given.shape == self._tokens.shape
        return (
            whole
            and not given.is_floating_point()
            and output.ndim > 2
            and output.shape[:2] == self._tokens.shape
        )
