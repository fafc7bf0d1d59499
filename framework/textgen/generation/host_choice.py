"""Token choice in NumPy, whose calls cost less than torch's: on the CPU it is most of the time.

It chooses what `device_choice` does, and a test holds the two together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from textgen.errors import GenerationError
from textgen.generation.rules import Rules

Floats = NDArray[np.floating[Any]]


def pick(logits: Floats, draws: Floats, rules: Rules) -> NDArray[np.int64]:
    """Return the tokens ``[B]`` that ``draws``, ``[B]``, choose from ``logits``, ``[B, V]``."""
    if rules.temperature == 0:
        likeliest: NDArray[np.int64] = logits.argmax(axis=1)
        return likeliest
    cumulative = _weights(logits, rules).cumsum(axis=1)
    total = cumulative[:, -1:]
    if np.isnan(total).any():
        raise GenerationError(
            "the model's logits are no numbers: its weights are ruined. Train it again, with a "
            "lower --set training.learning_rate."
        )
    chosen = np.count_nonzero(cumulative <= draws[:, None] * total, axis=1)
    # Rounding may lift a draw to the total: then the last token that can be drawn is meant.
    last = np.count_nonzero(cumulative < total, axis=1)
    picked: NDArray[np.int64] = np.minimum(chosen, last)
    return picked


def _weights(logits: Floats, rules: Rules) -> Floats:
    """Return what tokens are drawn in proportion to, ``[B, V]``."""
    scaled = logits * np.float32(1 / rules.temperature)
    scaled -= scaled.max(axis=1, keepdims=True)
    weights: Floats = np.exp(scaled, out=scaled)
    if rules.only_temperature:
        return weights
    if rules.top_k is not None and rules.top_k < weights.shape[1]:
        least = np.partition(weights, -rules.top_k, axis=1)[:, -rules.top_k, None]
        weights[weights < least] = 0
    return weights if rules.top_p is None else _nucleus(weights, rules.top_p)


def _nucleus(weights: Floats, mass: float) -> Floats:
    order = np.argsort(-weights, axis=1, kind="stable")
    ordered = np.take_along_axis(weights, order, axis=1)
    ordered /= ordered.sum(axis=1, keepdims=True)
    before = ordered.cumsum(axis=1) - ordered
    ordered[before >= mass] = 0
    kept = np.zeros_like(ordered)
    np.put_along_axis(kept, order, ordered, axis=1)
    return kept
