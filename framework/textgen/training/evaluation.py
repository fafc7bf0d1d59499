"""Loss in evaluation mode, honestly: every token of a part is scored exactly once.

Nothing here draws random numbers or changes the model, so an evaluation leaves no trace in a run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from textgen.training.objectives import cross_entropy

Way = Literal["streams", "windows", "blocks"]
Part = tuple[Tensor, int]
"""The summed nats of some tokens, and how many they are."""

# Reading a part as several streams at once is faster than as one; each stream first reads the
# tokens before it, unscored, so that its state is close to what a single stream would carry.
_CONTEXT = 256
_MOST_STREAMS = 64
_LEAST_STREAM = 512
_PIECE = 256
_WINDOWS_AT_ONCE = 1024


class Span(NamedTuple):
    """Tokens to score, and what may be read before them.

    Attributes:
        context: The first token that may be read.
        begin: The first token to score; after ``context``, by a window for ``windows``.
        end: The token behind the last one to score.
    """

    context: int
    begin: int
    end: int


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
    model: nn.Module,
    tokens: Tensor,
    *,
    spans: Sequence[Span],
    way: Way,
    window: int,
    should_stop: Callable[[float], bool] = lambda part_done: False,
) -> Score | None:
    """Score the tokens of some spans, each with what stands before it in its span as context.

    Args:
        model: Left in the mode it came in.
        tokens: ``[N]``, on the model's device.
        spans: What to score.
        way: ``streams`` carries the state along. ``windows`` predicts each token from the
            ``window`` tokens before it and a zero state. ``blocks``, for models without a state,
            reads ``window`` tokens at a time and scores the later half of them, so that each has
            at least half a window before it.
        window: Used by ``windows`` and ``blocks``.
        should_stop: Asked between pieces, and told how much is done; True breaks it off.

    Returns:
        The score; None where it was broken off.
    """
    total, scored, size = 0.0, 0, sum(span.end - span.begin for span in spans)
    with _evaluating(model):
        for span in spans:
            text, begin = tokens[span.context : span.end], span.begin - span.context
            for nats, count in _WAYS[way](model, text, begin, window):
                if should_stop(scored / size):
                    return None
                total += nats.item()
                scored += count
    return Score(total, size)


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    was_training = model.training
    model.eval()
    try:
        # Not inference mode: what a model keeps of this pass it may use in its next training step.
        with torch.no_grad():
            yield
    finally:
        model.train(was_training)


def _streams(model: nn.Module, tokens: Tensor, begin: int, window: int) -> Iterator[Part]:
    scored = len(tokens) - begin
    streams = max(1, min(_MOST_STREAMS, scored // _LEAST_STREAM))
    length = scored // streams
    yield from _side_by_side(model, tokens, begin, length, streams)
    rest = begin + length * streams
    if rest < len(tokens):
        yield from _side_by_side(model, tokens, rest, len(tokens) - rest, 1)


def _side_by_side(
    model: nn.Module, tokens: Tensor, begin: int, length: int, streams: int
) -> Iterator[Part]:
    """Score ``streams`` parts of ``length`` tokens, side by side, the first from ``begin``."""
    context = min(_CONTEXT, begin)
    rows = tokens[begin - context :].as_strided((streams, context + length), (length, 1))
    state = None
    for start in range(0, context + length - 1, _PIECE):
        piece = rows[:, start : start + _PIECE + 1].long()
        logits, state = model(piece[:, :-1], state)
        unscored = max(0, context - 1 - start)
        if unscored < piece.shape[1] - 1:
            targets = piece[:, 1 + unscored :]
            yield cross_entropy(logits[:, unscored:], targets, reduction="sum"), targets.numel()


def _windows(model: nn.Module, tokens: Tensor, begin: int, window: int) -> Iterator[Part]:
    windows = tokens[begin - window :].unfold(0, window + 1, 1)
    for rows in torch.split(windows, _WINDOWS_AT_ONCE):
        batch = rows.long()
        logits, _ = model(batch[:, :-1])
        nats = cross_entropy(logits, batch[:, 1:], objective="last-step", reduction="sum")
        yield nats, len(batch)


def _blocks(model: nn.Module, tokens: Tensor, begin: int, window: int) -> Iterator[Part]:
    place = begin
    while place < len(tokens):
        first = max(0, place - max(1, window // 2))
        end = min(first + window + 1, len(tokens))
        block = tokens[None, first:end].long()
        logits, _ = model(block[:, :-1])
        scored = end - place
        yield cross_entropy(logits[:, -scored:], block[:, -scored:], reduction="sum"), scored
        place = end


_WAYS = {"streams": _streams, "windows": _windows, "blocks": _blocks}
