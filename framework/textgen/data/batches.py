"""Batches of training tokens, addressed by step number.

Where the sequences of step k begin is a function of k and the seed: an interrupted run goes on
where it was without remembering anything but k. Nothing here copies the corpus or lists its
positions; a batch is gathered from it, on whichever device it lies.

Shapes: N tokens in the training part, B sequences, T tokens in each.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from textgen.data.permutation import Permutation
from textgen.errors import CorpusError

_STEPS_AT_ONCE = 256  # laid out together: on a GPU, sending their places one by one takes longer
_SEQUENCES_KEPT = 1024

Places = NDArray[np.int64]


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
        unread_documents: Documents that are too short for a sequence.
    """

    sequences: int
    steps_per_epoch: int
    continues: bool
    unread_documents: int = 0

    def __init__(
        self, tokens: Tensor, *, length: int, seed: int, let_go: Callable[[], object] | None
    ) -> None:
        """Read ``tokens``, ``[N]``.

        Args:
            tokens: The training part.
            length: T.
            seed: Decides where sequences begin.
            let_go: Gives back the memory of what was read of a mapped file, where it is one.
        """
        self._tokens = tokens
        self._let_go = let_go
        self._sequences_read = 0
        self._length = length
        self._seed = seed
        self._reach = torch.arange(length + 1, device=tokens.device)
        self._laid_out = (-1, -1)
        self._places: Sequence[Tensor] = ()

    def at(self, step: int) -> Place:
        """Return where ``step`` reads, counted from 0 over all epochs."""
        self._give_back()
        epoch, index = divmod(step, self.steps_per_epoch)
        block, within = divmod(index, _STEPS_AT_ONCE)
        if (epoch, block) != self._laid_out:
            first = block * _STEPS_AT_ONCE
            steps = np.arange(first, min(first + _STEPS_AT_ONCE, self.steps_per_epoch))
            seed = (self._seed * 1_000_003 + epoch) % 2**63
            places = torch.from_numpy(self._lay_out(steps, seed)).to(self._tokens.device)
            self._places = torch.split(places, self.sequences)
            self._laid_out = epoch, block
        return Place(self._places[within], self.continues and index > 0)

    def gather(self, starts: Tensor) -> tuple[Tensor, Tensor]:
        """Return the inputs ``[B, T]`` from ``starts`` on, and the token after each, int64."""
        pieces = self._tokens[starts[:, None] + self._reach].long()
        return pieces[:, :-1], pieces[:, 1:]

    def _give_back(self) -> None:
        """Keep little of a corpus in memory: each sequence brings in 64 KiB of a mapped file."""
        self._sequences_read += self.sequences
        if self._let_go is not None and self._sequences_read > _SEQUENCES_KEPT:
            self._let_go()
            self._sequences_read = 0

    @abstractmethod
    def _lay_out(self, steps: Places, seed: int) -> Places:
        """Return the starts of all sequences of some steps of an epoch, in a row.

        Args:
            steps: Numbers of steps, counted from the epoch's first.
            seed: The epoch's own.
        """


class StreamBatches(Batches):
    """B contiguous streams read side by side; each step goes on where the last one ended.

    Every epoch begins at another offset below T, so that the cuts between steps fall elsewhere.
    On a text too short for B streams of T tokens there are fewer streams.
    """

    continues = True

    def __init__(
        self,
        tokens: Tensor,
        *,
        batch_size: int,
        length: int,
        seed: int,
        let_go: Callable[[], object] | None = None,
    ) -> None:
        """Read ``tokens``, ``[N]``.

        Args:
            tokens: The training part.
            batch_size: B.
            length: T.
            seed: Decides the offsets.
            let_go: As in `Batches`.

        Raises:
            CorpusError: The training part is too short for a single step.
        """
        usable = len(tokens) - length  # the largest offset, T - 1, and the last target are spare
        fitting = len(tokens) // 2
        _require(length, fitting, "training text", len(tokens), needed=2 * length)
        super().__init__(tokens, length=length, seed=seed, let_go=let_go)
        self.sequences = min(batch_size, usable // length)
        self.steps_per_epoch = usable // self.sequences // length

    def _lay_out(self, steps: Places, seed: int) -> Places:
        generator = torch.Generator().manual_seed(seed)
        offset = int(torch.randint(self._length, (1,), generator=generator))
        rows = np.arange(self.sequences) * self.steps_per_epoch
        return (offset + (steps[:, None] + rows) * self._length).ravel()


class WindowBatches(Batches):
    """Windows of T tokens in an order shuffled anew for every epoch, each from a zero state."""

    continues = False

    def __init__(
        self,
        tokens: Tensor,
        *,
        batch_size: int,
        length: int,
        stride: int,
        seed: int,
        documents: Places | None = None,
        let_go: Callable[[], object] | None = None,
    ) -> None:
        """Cut ``tokens``, ``[N]``, into windows ``stride`` apart; ``length`` is T.

        Args:
            tokens: The training part.
            batch_size: B.
            length: T.
            stride: Tokens from one window to the next.
            seed: Decides the order.
            documents: Where documents begin, ``[D]``, ascending from 0; no window, nor its last
                target, reaches from one into the next. None: all of it is one.
            let_go: As in `Batches`.

        Raises:
            CorpusError: No document is as long as a window and its last target.
        """
        begins = np.zeros(1, np.int64) if documents is None else documents
        sizes = np.diff(begins, append=len(tokens))
        windows = np.maximum((sizes - length - 1) // stride + 1, 0)
        windows[sizes <= length] = 0
        longest = "training text" if documents is None else "longest document in the training text"
        most = int(sizes.max())
        _require(length, most - 1, longest, most, needed=length + 1)
        super().__init__(tokens, length=length, seed=seed, let_go=let_go)
        self.unread_documents = int((windows == 0).sum())
        self._stride = stride
        self._begins, self._windows_before = begins, np.cumsum(windows) - windows
        self._windows = int(windows.sum())
        self.sequences = min(batch_size, self._windows)
        self.steps_per_epoch = -(-self._windows // self.sequences)

    def _lay_out(self, steps: Places, seed: int) -> Places:
        first, end = steps[0] * self.sequences, (steps[-1] + 1) * self.sequences
        windows = Permutation(self._windows, seed)[np.arange(first, min(end, self._windows))]
        document = np.searchsorted(self._windows_before, windows, side="right") - 1
        within = windows - self._windows_before[document]
        starts: Places = self._begins[document] + within * self._stride
        return starts


def _require(length: int, fitting: int, what: str, tokens: int, *, needed: int) -> None:
    """Refuse sequences that are longer than fit into what is trained on.

    Args:
        length: T.
        fitting: The largest T that fits.
        what: What is trained on.
        tokens: How many it has.
        needed: How many would be enough.

    Raises:
        CorpusError: T is larger.
    """
    if length > fitting:
        shorter = f", or --set training.sequence_length={fitting} at most" if fitting > 0 else ""
        raise CorpusError(
            f"training.sequence_length={length} needs at least {needed:,} tokens, and the {what} "
            f"has {tokens:,}. Use a longer one{shorter}."
        )
