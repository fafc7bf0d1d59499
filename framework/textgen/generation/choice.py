"""Token choice: from logits to the next token, by temperature, top-k, top-p and a seed."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from textgen.generation import device_choice, host_choice
from textgen.generation.rules import Rules

_DRAWS_AT_ONCE = 256


class TokenChooser:
    """Chooses the next token of every stream.

    Stream b draws its own random numbers from the seed and b, so they do not depend on how many
    streams run beside it.
    """

    def __init__(
        self,
        *,
        streams: int,
        seed: int,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
    ) -> None:
        """Prepare the choice.

        Args:
            streams: B.
            seed: Where the random numbers begin.
            temperature: Divides the logits; 0 always takes the likeliest token.
            top_k: Only the k likeliest tokens (and any as likely as the k-th).
            top_p: Only the fewest tokens that together have at least this probability (nucleus
                sampling, Holtzman et al. 2020).
        """
        self._rules = Rules(temperature, top_k, top_p)
        self._generators = [np.random.default_rng([seed, stream]) for stream in range(streams)]
        self._draws = np.empty((0, streams), dtype=np.float32)

    def __call__(self, logits: Tensor) -> Tensor:
        """Return the chosen tokens ``[B]`` (int64) for logits ``[B, V]``, on the same device."""
        return self.pick(logits, self.draw(1)[0])

    def draw(self, steps: int) -> Tensor:
        """Return the random numbers of the next steps, ``[steps, B]``, at least 0 and below 1."""
        while len(self._draws) < steps:
            more = [rng.random(_DRAWS_AT_ONCE, dtype=np.float32) for rng in self._generators]
            self._draws = np.concatenate([self._draws, np.stack(more, axis=1)])
        drawn, self._draws = self._draws[:steps], self._draws[steps:]
        return torch.from_numpy(drawn)

    def pick(self, logits: Tensor, draws: Tensor) -> Tensor:
        """Return the tokens ``[B]`` that random numbers ``[B]`` choose from logits ``[B, V]``.

        It draws nothing, and on a GPU it waits for nothing.
        """
        if logits.device.type == "cpu":
            return torch.from_numpy(host_choice.pick(logits.numpy(), draws.numpy(), self._rules))
        return device_choice.pick(logits, draws.to(logits.device), self._rules)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the distribution ``[B, V]`` that is drawn from."""
        return device_choice.probabilities(logits, self._rules)
