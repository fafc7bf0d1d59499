"""Batches of training tokens, addressed by step number.

Where the sequences of step k begin is a function of k and the seed: an interrupted run goes on
where it was without remembering anything but k. Nothing here copies the corpus; a batch is gathered
from it, on whichever device it lies.

Shapes: N tokens in the training part, B sequences, T tokens in each.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from textgen.errors import CorpusError


class Place(NamedTuple):
    """Where one step reads.

    Attributes:
        starts: The first token of each sequence, ``[B]``, int64.
        continues: Whether row b goes on where row b of the step before ended.
    """

    starts: Tensor
    continues: bool


class Batches(ABC):
    """Training batches by step number.

    Attributes:
        sequences: B; the last step of an epoch may have fewer.
        steps_per_epoch: Steps in one pass over the training part.
        continues: Whether each step of an epoch but the first goes on where the last one ended.
    """

    sequences: int
    steps_per_epoch: int
    continues: bool

    def __init__(self, tokens: Tensor, *, length: int, seed: int) -> None:
        """Read ``tokens``, ``[N]``; ``length`` is T."""
        self._tokens = tokens
        self._length = length
        self._seed = seed
        self._reach = torch.arange(length + 1, device=tokens.device)
        self._epoch = -1
        self._places: Sequence[Tensor] = ()

    def at(self, step: int) -> Place:
        """Return where ``step`` reads, counted from 0 over all epochs."""
        epoch, index = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            generator = torch.Generator().manual_seed((self._seed * 1_000_003 + epoch) % 2**63)
            self._places = self._lay_out(generator)
            self._epoch = epoch
        return Place(self._places[index], self.continues and index > 0)

    def gather(self, starts: Tensor) -> tuple[Tensor, Tensor]:
        """Return the inputs ``[B, T]`` from ``starts`` on, and the token after each, int64."""
        pieces = self._tokens[starts[:, None] + self._reach].long()
        return pieces[:, :-1], pieces[:, 1:]

    @abstractmethod
    def _lay_out(self, generator: torch.Generator) -> Sequence[Tensor]:
        """Return the starts of every step of an epoch, whose random numbers are given."""


class StreamBatches(Batches):
    """B contiguous streams read side by side; each step goes on where the last one ended.

    Every epoch begins at another offset below T, so that the cuts between steps fall elsewhere.
    On a text too short for B streams of T tokens there are fewer streams.
    """

    continues = True

    def __init__(self, tokens: Tensor, *, batch_size: int, length: int, seed: int) -> None:
        """Read ``tokens``, ``[N]``; ``length`` is T.

        Raises:
            CorpusError: The training part is too short for a single step.
        """
        usable = len(tokens) - length  # the largest offset, T - 1, and the last target are spare
        _require(usable >= length, len(tokens), length, needed=2 * length)
        super().__init__(tokens, length=length, seed=seed)
        self.sequences = min(batch_size, usable // length)
        self.steps_per_epoch = usable // self.sequences // length

    def _lay_out(self, generator: torch.Generator) -> Sequence[Tensor]:
        offset = int(torch.randint(self._length, (1,), generator=generator))
        steps = torch.arange(self.steps_per_epoch) * self._length
        rows = torch.arange(self.sequences) * self.steps_per_epoch * self._length
        return (offset + steps[:, None] + rows).to(self._tokens.device).unbind()


class WindowBatches(Batches):
    """Windows of T tokens in an order shuffled anew for every epoch, each from a zero state."""

    continues = False

    def __init__(
        self, tokens: Tensor, *, batch_size: int, length: int, stride: int, seed: int
    ) -> None:
        """Cut ``tokens``, ``[N]``, into windows ``stride`` apart; ``length`` is T.

        Raises:
            CorpusError: The training part is shorter than a window and its last target.
        """
        _require(len(tokens) > length, len(tokens), length, needed=length + 1)
        super().__init__(tokens, length=length, seed=seed)
        self._stride = stride
        self._windows = (len(tokens) - length - 1) // stride + 1
        self.sequences = min(batch_size, self._windows)
        self.steps_per_epoch = -(-self._windows // self.sequences)

    def _lay_out(self, generator: torch.Generator) -> Sequence[Tensor]:
        order = torch.randperm(self._windows, generator=generator).to(self._tokens.device)
        return torch.split(order * self._stride, self.sequences)


def _require(enough: bool, tokens: int, length: int, *, needed: int) -> None:
    if not enough:
        raise CorpusError(
            f"the training text has {tokens} tokens; training.sequence_length={length} needs at "
            f"least {needed}. Use a longer text, or a shorter --set training.sequence_length."
        )
