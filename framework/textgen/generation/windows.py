"""Sliding windows without reading them again and again: all of them are in flight at once.

The text of the window that predicts a token begins W tokens before it, from a zero state. So W
texts are kept, each begun one token after the one before; every token moves all of them on, and
the oldest has read just the window. The sums are those of re-reading, with the latency of one
step instead of W.
"""

from __future__ import annotations

import torch
from torch import Tensor

from textgen.parts import StepDecoder


class WindowsInFlight:
    """A step decoder of B texts, each predicted from its last W tokens alone."""

    def __init__(
        self, inner: StepDecoder, *, texts: int, window: int, device: torch.device
    ) -> None:
        """Keep W windows of each of B = ``texts`` texts in ``inner``, which has B·W rows."""
        self._inner = inner
        self._texts = texts
        self._window = window
        self._places = torch.arange(window, device=device)
        self._read = torch.zeros(1, dtype=torch.int64, device=device)

    def step(self, tokens: Tensor, fresh: Tensor | None = None) -> Tensor:
        """Read a token of each text, ``[B]``; return the logits ``[B, V]`` of the next.

        Texts begin all together, or none does.
        """
        if fresh is not None:
            self._read.zero_()
        begins = self._places == self._read % self._window
        logits = self._inner.step(
            tokens.repeat_interleave(self._window), begins.repeat(self._texts)
        )
        self._read += 1
        oldest = (self._read - self._window).clamp(min=0) % self._window
        of_windows = logits.view(self._texts, self._window, -1)
        return of_windows.index_select(1, oldest)[:, 0]
