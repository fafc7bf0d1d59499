"""The sampler `sliding-window`: each token is predicted from the last ones and a zero state."""

from __future__ import annotations

from collections.abc import Iterator

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
        """Continue ``prompt``, ``[B, P]``; yield the next tokens, ``[B, K]``, without end."""
        choice = self._options.model_dump(exclude={"window"})
        choose = TokenChooser(streams=len(prompt), seed=seed, **choice)
        return decoder.write(prompt, choose, window=self._options.window)
