"""The sampler `stateful`: reads the prompt once and carries the model's state from then on."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from textgen import Decoder, TokenChooser
from textgen_plugins.samplers.options import StatefulOptions


class StatefulSampler:
    """One step of the model per token; the state remembers all text so far."""

    def __init__(self, options: StatefulOptions) -> None:
        self._options = options

    def generate(self, decoder: Decoder, prompt: Tensor, *, seed: int) -> Iterator[Tensor]:
        """Continue ``prompt``, ``[B, P]``; yield the next tokens, ``[B, K]``, without end."""
        choose = TokenChooser(streams=len(prompt), seed=seed, **self._options.model_dump())
        return decoder.write(prompt, choose)
