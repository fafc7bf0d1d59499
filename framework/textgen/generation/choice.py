"""Token choice: from logits to the next token, by temperature, top-k, top-p and a seed."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

_DRAWS_AT_ONCE = 256


class TokenChooser:
    """Chooses the next token of every stream.

    Stream b draws its own random numbers from the seed and b, so its text does not depend on how
    many streams run beside it.
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
        self._temperature = temperature
        self._top_k = top_k
        self._top_p = top_p
        self._generators = [np.random.default_rng([seed, stream]) for stream in range(streams)]
        self._draws = np.empty((streams, 0))
        self._next = 0

    def __call__(self, logits: Tensor) -> Tensor:
        """Return the chosen tokens ``[B]`` (int64) for logits ``[B, V]``, on the same device."""
        if self._temperature == 0:
            return logits.argmax(dim=-1)
        cumulative = self.probabilities(logits).cumsum(dim=-1)
        total = cumulative[:, -1:]
        draw = torch.from_numpy(self._draw()).to(logits.device, logits.dtype)
        chosen = torch.searchsorted(cumulative, draw[:, None] * total, right=True)
        # Rounding may lift a draw to the total: then the last token that can be drawn is meant.
        last = (cumulative < total).sum(dim=-1, keepdim=True)
        return torch.minimum(chosen, last).squeeze(-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the distribution ``[B, V]`` that is drawn from; temperature must not be 0."""
        scaled = logits / self._temperature
        if self._top_k is not None and self._top_k < logits.shape[-1]:
            least = scaled.topk(self._top_k, dim=-1).values[:, -1:]
            scaled = scaled.masked_fill(scaled < least, -torch.inf)
        probabilities = scaled.softmax(dim=-1)
        if self._top_p is None:
            return probabilities
        return _nucleus(probabilities, self._top_p)

    def _draw(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        if self._next == self._draws.shape[1]:
            self._draws = np.stack([rng.random(_DRAWS_AT_ONCE) for rng in self._generators])
            self._next = 0
        self._next += 1
        return np.ascontiguousarray(self._draws[:, self._next - 1])


def _nucleus(probabilities: Tensor, mass: float) -> Tensor:
    ordered, order = probabilities.sort(dim=-1, descending=True)
    before = ordered.cumsum(dim=-1) - ordered
    kept = ordered.masked_fill(before >= mass, 0.0)
    return torch.zeros_like(probabilities).scatter(-1, order, kept)
