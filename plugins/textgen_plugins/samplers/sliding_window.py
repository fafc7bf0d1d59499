"""The sampler `sliding-window`: re-reads the last tokens from a zero state for every new one."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from textgen import Decoder, TokenChooser
from textgen_plugins.samplers.options import SlidingWindowOptions


class SlidingWindowSampler:
    """The tutorial's way: nothing before the window has any influence.

    A prompt longer than the window is read from its end; a shorter one is read whole, and the
    window grows with the text until it is full.
    """

    def __init__(self, options: SlidingWindowOptions) -> None:
        self._options = options

    def generate(self, decoder: Decoder, prompt: Tensor, *, seed: int) -> Iterator[Tensor]:
        """Continue ``prompt``, ``[B, P]``; yield the next tokens, ``[B]``, without end."""
        choice = self._options.model_dump(exclude={"window"})
        choose = TokenChooser(streams=len(prompt), seed=seed, **choice)
        window = prompt[:, -self._options.window :]
        while True:
            logits, _ = decoder.read(window)
            token = choose(logits)
            yield token
            window = torch.cat([window, token[:, None]], dim=1)[:, -self._options.window :]
