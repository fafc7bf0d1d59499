"""Token choice on a GPU: nothing waits, so that many steps can be captured as one graph.

Where every token may be chosen, one kernel does it all, if Triton can be had; else torch.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from textgen.generation.rules import Rules
from textgen.kernels import kernels_for

_LARGEST_ROW = 8192
"""One program holds a whole row; longer ones are torch's."""


def pick(logits: Tensor, draws: Tensor, rules: Rules) -> Tensor:
    """Return the tokens ``[B]`` that ``draws``, ``[B]``, choose from ``logits``, ``[B, V]``."""
    if rules.temperature == 0:
        return logits.argmax(dim=-1)
    kernels = kernels_for(_kernels, logits.device)
    if kernels is not None and rules.only_temperature and logits.shape[1] <= _LARGEST_ROW:
        picked: Tensor = kernels.pick(logits, draws, 1 / rules.temperature)
        return picked
    cumulative = probabilities(logits, rules).cumsum(dim=-1)
    total = cumulative[:, -1:]
    chosen = torch.searchsorted(cumulative, draws[:, None] * total, right=True)
    # Rounding may lift a draw to the total: then the last token that can be drawn is meant.
    last = (cumulative < total).sum(dim=-1, keepdim=True)
    return torch.minimum(chosen, last).squeeze(-1)


def _kernels() -> Any:
    from textgen.generation import choice_kernels

    return choice_kernels


def probabilities(logits: Tensor, rules: Rules) -> Tensor:
    """Return the distribution ``[B, V]`` that is drawn from."""
    if rules.temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(dim=-1), logits.shape[-1]).to(logits)
    scaled = logits * (1 / rules.temperature)
    if rules.top_k is not None and rules.top_k < logits.shape[-1]:
        least = scaled.topk(rules.top_k, dim=-1).values[:, -1:]
        scaled = scaled.masked_fill(scaled < least, -torch.inf)
    probabilities = scaled.softmax(dim=-1)
    return probabilities if rules.top_p is None else _nucleus(probabilities, rules.top_p)


def _nucleus(probabilities: Tensor, mass: float) -> Tensor:
    ordered, order = probabilities.sort(dim=-1, descending=True, stable=True)
    before = ordered.cumsum(dim=-1) - ordered
    kept = ordered.masked_fill(before >= mass, 0.0)
    return torch.zeros_like(probabilities).scatter(-1, order, kept)
