"""The arithmetic of an LSTM step as Triton kernels: for few texts whole layers, for many the gates.

A step of one text is three products of a matrix with a vector, and its time is that of launching
and of reading the weights once; so a kernel does a whole layer, one program per hidden unit. For
many texts the products are the library's, and a kernel moves the cells on.

Shapes: R texts, V vocabulary, H hidden size, K = H or 2H numbers that a layer reads. Gates stand in
the order input, forget, output, candidate; that of the candidate arrives doubled, since
``tanh(x) = 2 / (1 + exp(-2x)) - 1``.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

_BLOCK = 1024


@triton.jit
def _product(matrix, row, values, place, inside, K):
    weights = tl.load(matrix + row * K + place, mask=inside, other=0.0)
    return tl.sum(weights * values, 0)


@triton.jit
def _layer(
    below, own, moved, cell, matrix, added, tokens,
    stride, H: tl.constexpr, K: tl.constexpr, BLOCK: tl.constexpr, FIRST: tl.constexpr,
):  # fmt: skip
    unit, text = tl.program_id(0), tl.program_id(1)
    place = tl.arange(0, BLOCK)
    inside = place < K
    if FIRST:
        values = tl.load(own + text * stride + place, mask=inside, other=0.0)
        added += tl.load(tokens + text) * 4 * H
    else:
        source = tl.where(place < H, below + text * stride + place, own + text * stride + place - H)
        values = tl.load(source, mask=inside, other=0.0)
    entering = _product(matrix, unit, values, place, inside, K) + tl.load(added + unit)
    forgetting = _product(matrix, H + unit, values, place, inside, K) + tl.load(added + H + unit)
    leaving = _product(matrix, 2 * H + unit, values, place, inside, K) + tl.load(
        added + 2 * H + unit
    )
    candidate = _product(matrix, 3 * H + unit, values, place, inside, K) + tl.load(
        added + 3 * H + unit
    )
    kept = tl.load(cell + text * H + unit)
    kept = tl.sigmoid(forgetting) * kept + tl.sigmoid(entering) * (2 * tl.sigmoid(candidate) - 1)
    tl.store(cell + text * H + unit, kept)
    tl.store(moved + text * stride + unit, tl.sigmoid(leaving) * (2 * tl.sigmoid(2 * kept) - 1))


@triton.jit
def _output(hidden, matrix, bias, logits, stride, V, H: tl.constexpr, BLOCK: tl.constexpr):
    token, text = tl.program_id(0), tl.program_id(1)
    place = tl.arange(0, BLOCK)
    inside = place < H
    values = tl.load(hidden + text * stride + place, mask=inside, other=0.0)
    product = _product(matrix, token, values, place, inside, H)
    tl.store(logits + text * V + token, product + tl.load(bias + token))


@triton.jit
def _gates(
    gates, added, tokens, cell, hidden,
    size, stride, H: tl.constexpr, BLOCK: tl.constexpr, FIRST: tl.constexpr,
):  # fmt: skip
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = place < size
    text, unit = place // H, place % H
    own = gates + text.to(tl.int64) * 4 * H + unit
    if FIRST:
        added += tl.load(tokens + text, mask=inside, other=0) * 4 * H
    added += unit
    entering = tl.load(own, mask=inside).to(tl.float32) + tl.load(added, mask=inside)
    forgetting = tl.load(own + H, mask=inside).to(tl.float32) + tl.load(added + H, mask=inside)
    leaving = tl.load(own + 2 * H, mask=inside).to(tl.float32) + tl.load(added + 2 * H, mask=inside)
    candidate = tl.load(own + 3 * H, mask=inside).to(tl.float32) + tl.load(
        added + 3 * H, mask=inside
    )
    kept = tl.load(cell + place, mask=inside)
    kept = tl.sigmoid(forgetting) * kept + tl.sigmoid(entering) * (2 * tl.sigmoid(candidate) - 1)
    tl.store(cell + place, kept, mask=inside)
    moved = tl.sigmoid(leaving) * (2 * tl.sigmoid(2 * kept) - 1)
    target = hidden + text.to(tl.int64) * stride + unit
    tl.store(target, moved.to(hidden.dtype.element_ty), mask=inside)


def move_layer(
    below: Tensor | None, own: Tensor, moved: Tensor, cell: Tensor,
    matrix: Tensor, added: Tensor, tokens: Tensor,
) -> None:  # fmt: skip
    """Move a layer on by one token.

    Args:
        below: The moved hidden state of the layer below, ``[R, H]``; None for the first layer.
        own: The layer's hidden state before, ``[R, H]``, of the same stride.
        moved: Where its hidden state after goes, ``[R, H]``; must not be ``own``.
        cell: The cell state, ``[R, H]``, changed in place.
        matrix: ``[4H, K]``.
        added: For the first layer a table ``[V, 4H]``, else the bias ``[4H]``.
        tokens: ``[R]``, int64.
    """
    rows, hidden = own.shape
    width = matrix.shape[1]
    _layer[(hidden, rows)](
        own if below is None else below, own, moved, cell, matrix, added, tokens, own.stride(0),
        H=hidden, K=width, BLOCK=triton.next_power_of_2(width), FIRST=below is None, num_warps=2,
    )  # fmt: skip


def project(hidden: Tensor, matrix: Tensor, bias: Tensor, logits: Tensor) -> None:
    """Write the logits ``[R, V]`` of hidden states ``[R, H]``; ``matrix`` is ``[V, H]``."""
    rows, width = hidden.shape
    vocab_size = len(bias)
    _output[(vocab_size, rows)](
        hidden, matrix, bias, logits, hidden.stride(0), vocab_size,
        H=width, BLOCK=triton.next_power_of_2(width), num_warps=2,
    )  # fmt: skip


def move_cells(
    gates: Tensor, added: Tensor, tokens: Tensor | None, cell: Tensor, hidden: Tensor
) -> None:
    """Move cells ``[R, H]`` and hidden states ``[R, H]`` on, in place, by gates ``[R, 4H]``.

    Args:
        gates: The products of the hidden states; what is ``added`` is not yet in them.
        added: With ``tokens``, ``[R]``, a table ``[V, 4H]``; else the bias ``[4H]``. float32.
        tokens: The tokens read, for the first layer; else None.
        cell: float32.
        hidden: Rows may lie apart.
    """
    size, width = cell.numel(), cell.shape[1]
    _gates[(triton.cdiv(size, _BLOCK),)](
        gates, added, gates if tokens is None else tokens, cell, hidden, size, hidden.stride(0),
        H=width, BLOCK=_BLOCK, FIRST=tokens is not None, num_warps=8,
    )  # fmt: skip


def probe(device: torch.device) -> None:
    """Run every kernel once."""
    state = torch.zeros(3, 2, 16, device=device)
    matrix = torch.zeros(64, 32, device=device)
    tokens = torch.zeros(2, dtype=torch.int64, device=device)
    added = torch.zeros(64, device=device)
    move_layer(state[0], state[1], state[2], torch.zeros_like(state[0]), matrix, added, tokens)
    project(state[0], matrix[:5, :16].contiguous(), added[:5], torch.zeros(2, 5, device=device))
    move_cells(torch.zeros(2, 64, device=device), added, None, state[0], state[1])
