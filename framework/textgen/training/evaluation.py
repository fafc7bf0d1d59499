"""Loss in evaluation mode, honestly: every token of a part is scored exactly once.

Nothing here draws random numbers or changes the model, so an evaluation leaves no trace in a run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from textgen.training.objectives import Objective, cross_entropy

# Reading a part as several streams at once is faster than as one; each stream first reads the
# tokens before it, unscored, so that its state is close to what a single stream would carry.
_CONTEXT = 256
_MOST_STREAMS = 64
_LEAST_STREAM = 512
_PIECE = 256
_WINDOWS_AT_ONCE = 1024


@dataclass(frozen=True)
class Score:
    """A loss over a part of a text.

    Attributes:
        total: Sum of cross-entropies, in nats.
        tokens: How many tokens were scored.
    """

    total: float
    tokens: int

    @property
    def loss(self) -> float:
        """Nats per token."""
        return self.total / self.tokens


def bits_per_character(nats_per_token: float, tokens: int, characters: int) -> float:
    """Return the loss as bits per character of the text that the tokens stand for."""
    return nats_per_token / math.log(2) * tokens / max(1, characters)


def evaluate(
    model: nn.Module, tokens: Tensor, *, begin: int, objective: Objective, window: int
) -> Score:
    """Score the tokens from ``begin`` to the end, each with what stands before it as context.

    Args:
        model: Left in the mode it came in.
        tokens: ``[N]``, on the model's device; those before ``begin`` are context only.
        begin: The first token to score; at least 1 for ``all-steps``, ``window`` for
            ``last-step``.
        objective: ``all-steps`` carries the state along; ``last-step`` predicts each token from
            the ``window`` tokens before it and a zero state.
        window: Used by ``last-step``.
    """
    with _evaluating(model):
        total = (
            _windows_total(model, tokens, begin, window)
            if objective == "last-step"
            else _streams_total(model, tokens, begin)
        )
    return Score(total, len(tokens) - begin)


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(was_training)


def _streams_total(model: nn.Module, tokens: Tensor, begin: int) -> float:
    scored = len(tokens) - begin
    streams = max(1, min(_MOST_STREAMS, scored // _LEAST_STREAM))
    length = scored // streams
    total = _stream_total(model, tokens, begin, length, streams)
    rest = begin + length * streams
    if rest < len(tokens):
        total += _stream_total(model, tokens, rest, len(tokens) - rest, 1)
    return total


def _stream_total(model: nn.Module, tokens: Tensor, begin: int, length: int, streams: int) -> float:
    """Score ``streams`` pieces of ``length`` tokens, side by side, the first from ``begin``."""
    context = min(_CONTEXT, begin)
    first = begin - context
    rows = tokens[first:].as_strided((streams, context + length), (length, 1))
    total, state = 0.0, None
    for start in range(0, context + length - 1, _PIECE):
        piece = rows[:, start : start + _PIECE + 1].long()
        logits, state = model(piece[:, :-1], state)
        unscored = max(0, context - 1 - start)
        if unscored < piece.shape[1] - 1:
            targets = piece[:, 1 + unscored :]
            total += cross_entropy(logits[:, unscored:], targets, reduction="sum").item()
    return total


def _windows_total(model: nn.Module, tokens: Tensor, begin: int, window: int) -> float:
    windows = tokens[begin - window :].unfold(0, window + 1, 1)
    total = 0.0
    for rows in torch.split(windows, _WINDOWS_AT_ONCE):
        batch = rows.long()
        logits, _ = model(batch[:, :-1])
        loss = cross_entropy(logits, batch[:, 1:], objective="last-step", reduction="sum")
        total += loss.item()
    return total
