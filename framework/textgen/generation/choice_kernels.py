"""The choice of a token as one Triton kernel: softmax, running sum and look-up in one launch."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor


@triton.jit
def _pick(logits, draws, picked, inverse_temperature, V, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    token = tl.arange(0, BLOCK)
    inside = token < V
    z = tl.load(logits + row * V + token, mask=inside, other=-float("inf")) * inverse_temperature
    weight = tl.exp(z - tl.max(z, 0))
    cumulative = tl.cumsum(weight, 0)
    # The total is the running sum's own last value: a sum in another order may round above it.
    total = tl.max(cumulative, 0)
    goal = tl.load(draws + row) * total
    chosen = tl.sum((inside & (cumulative <= goal)).to(tl.int32), 0)
    last = tl.sum((inside & (cumulative < total)).to(tl.int32), 0)
    tl.store(picked + row, tl.minimum(chosen, last).to(tl.int64))


def pick(logits: Tensor, draws: Tensor, inverse_temperature: float) -> Tensor:
    """Return the tokens ``[B]`` that ``draws``, ``[B]``, choose from ``logits``, ``[B, V]``."""
    logits = logits.contiguous()
    rows, vocab_size = logits.shape
    picked = torch.empty(rows, dtype=torch.int64, device=logits.device)
    block = triton.next_power_of_2(vocab_size)
    warps = 1 if block <= 128 else 4
    _pick[(rows,)](
        logits, draws, picked, inverse_temperature, vocab_size, BLOCK=block, num_warps=warps
    )
    return picked


def probe(device: torch.device) -> None:
    """Run every kernel once."""
    pick(torch.zeros(2, 5, device=device), torch.zeros(2, device=device), 1.0)
