"""Batches of training tokens, addressed by step number.

Asking for step k gives the same batch whenever it is asked for: an interrupted run goes on where
it was without remembering anything but k. Nothing here copies the corpus; a batch is gathered from
it, on whichever device it lies.

Shapes: N tokens in the training part, B sequences, T tokens in each.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from textgen.errors import CorpusError


class Batch(NamedTuple):
    """One step's tokens.

    Attributes:
        inputs: ``[B, T]``, int64.
        targets: The token after each input, ``[B, T]``, int64.
        continues: Whether row b goes on where row b of the step before ended.
    """

    inputs: Tensor
    targets: Tensor
    continues: bool


class Batches(Protocol):
    """Training batches by step number."""

    steps_per_epoch: int
    sequences: int

    def at(self, step: int) -> Batch:
        """Return the batch of ``step``, counted from 0 over all epochs."""
        ...


class StreamBatches:
    """B contiguous streams read side by side; each step goes on where the last one ended.

    Every epoch begins at another offset below T, so that the cuts between steps fall elsewhere.
    On a text too short for B streams of T tokens there are fewer streams.
    """

    def __init__(self, tokens: Tensor, *, batch_size: int, length: int, seed: int) -> None:
        """Read ``tokens``, ``[N]``; ``length`` is T.

        Raises:
            CorpusError: The training part is too short for a single step.
        """
        usable = len(tokens) - length  # the largest offset, T - 1, and the last target are spare
        _require(usable >= length, len(tokens), length, needed=2 * length)
        self._tokens = tokens
        self._length = length
        self._seed = seed
        self.sequences = min(batch_size, usable // length)
        self._stream_length = usable // self.sequences // length * length
        self.steps_per_epoch = self._stream_length // length
        self._epoch = -1
        self._streams = tokens[:0]

    def at(self, step: int) -> Batch:
        """Return the batch of ``step``; the first of an epoch does not continue."""
        epoch, index = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            self._enter(epoch)
        begin = index * self._length
        piece = self._streams[:, begin : begin + self._length + 1].long()
        return Batch(piece[:, :-1], piece[:, 1:], continues=index > 0)

    def _enter(self, epoch: int) -> None:
        offset = int(torch.randint(self._length, (1,), generator=_generator(self._seed, epoch)))
        size = self._stream_length
        # Rows overlap by one token: the last target of a row is the first input of the next.
        self._streams = self._tokens[offset:].as_strided((self.sequences, size + 1), (size, 1))
        self._epoch = epoch


class WindowBatches:
    """Windows of T tokens in an order shuffled anew for every epoch, each from a zero state."""

    def __init__(
        self, tokens: Tensor, *, batch_size: int, length: int, stride: int, seed: int
    ) -> None:
        """Cut ``tokens``, ``[N]``, into windows ``stride`` apart; ``length`` is T.

        Raises:
            CorpusError: The training part is shorter than a window and its last target.
        """
        _require(len(tokens) > length, len(tokens), length, needed=length + 1)
        self._tokens = tokens
        self._length = length
        self._stride = stride
        self._seed = seed
        self._windows = (len(tokens) - length - 1) // stride + 1
        self._steps = torch.arange(length + 1, device=tokens.device)
        self.sequences = min(batch_size, self._windows)
        self.steps_per_epoch = -(-self._windows // self.sequences)
        self._epoch = -1
        self._order = self._steps[:0]

    def at(self, step: int) -> Batch:
        """Return the batch of ``step``; the last of an epoch may have fewer windows."""
        epoch, index = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            order = torch.randperm(self._windows, generator=_generator(self._seed, epoch))
            self._order = order.to(self._tokens.device) * self._stride
            self._epoch = epoch
        starts = self._order[index * self.sequences : (index + 1) * self.sequences]
        windows = self._tokens[starts[:, None] + self._steps].long()
        return Batch(windows[:, :-1], windows[:, 1:], continues=False)


def _generator(seed: int, epoch: int) -> torch.Generator:
    """Return random numbers that depend on the seed and the epoch alone."""
    return torch.Generator().manual_seed((seed * 1_000_003 + epoch) % 2**63)


def _require(enough: bool, tokens: int, length: int, *, needed: int) -> None:
    if not enough:
        raise CorpusError(
            f"the training text has {tokens} tokens; training.sequence_length={length} needs at "
            f"least {needed}. Use a longer text, or a shorter --set training.sequence_length."
        )
