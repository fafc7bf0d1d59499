"""Step decoders of the LSTM models: the same arithmetic, in the way that is quickest where it runs.

One text on the CPU: NumPy. Few texts on a GPU: a kernel per layer. Many texts: matrix products of
the library, and whatever moves the gates on quickest.

Shapes: R texts, L layers, V vocabulary, H hidden size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from textgen import kernels_for
from textgen_plugins.models.lstm_weights import StepWeights, step_weights

if TYPE_CHECKING:
    from textgen import StepDecoder
    from textgen_plugins.models.lstm import LSTMModel

_FEW = 16


def make_steps(model: LSTMModel, rows: int, dtype: torch.dtype) -> StepDecoder:
    """Return the quickest step decoder for so many texts on the model's device."""
    weights = step_weights(model)
    device = weights.table.device
    if dtype == torch.float32 and device.type == "cpu" and rows == 1:
        return OneTextSteps(weights)
    kernels = kernels_for(_kernels, device)
    if dtype == torch.float32 and kernels is not None and rows <= _FEW:
        return FewTextSteps(weights, rows, kernels)
    return ManyTextSteps(weights, rows, dtype, kernels)


def _kernels() -> Any:
    from textgen_plugins.models import lstm_kernels

    return lstm_kernels


class OneTextSteps:
    """One text on the CPU, in NumPy, whose calls cost less than torch's.

    The logistic function is ``(1 + tanh(x / 2)) / 2``: with the halves in the weights, one tanh
    serves all gates.
    """

    def __init__(self, weights: StepWeights) -> None:
        halved = weights.scaled(logistic=0.5)
        hidden, layers = weights.hidden_size, len(weights.layers)
        self._hidden = hidden
        self._table = halved.table.numpy()
        # Rows of a matrix are read whole and once: a product with a vector is one pass over it.
        self._matrices = [np.ascontiguousarray(layer.t().numpy()) for layer in halved.layers]
        self._biases = [None, *(bias.numpy() for bias in halved.biases)]
        self._output = np.ascontiguousarray(weights.output.t().numpy())
        self._output_bias = weights.output_bias.numpy()
        self._h = np.zeros(layers * hidden, dtype=np.float32)
        self._c = np.zeros((layers, hidden), dtype=np.float32)
        self._gates = np.empty(4 * hidden, dtype=np.float32)
        self._logits = np.empty((1, len(self._table)), dtype=np.float32)
        self._logits_tensor = torch.from_numpy(self._logits)

    def step(self, tokens: Tensor, fresh: Tensor | None = None) -> Tensor:
        """Read a token ``[1]``; return the logits ``[1, V]`` of the next."""
        if fresh is not None and fresh.item():
            self._h[:] = 0
            self._c[:] = 0
        for index, cell in enumerate(self._c):
            end = (index + 1) * self._hidden
            below_and_own = self._h[max(0, end - 2 * self._hidden) : end]
            np.dot(self._matrices[index], below_and_own, out=self._gates)
            bias = self._biases[index]
            self._gates += self._table[int(tokens.item())] if bias is None else bias
            self._move(cell, self._h[end - self._hidden : end])
        np.dot(self._output, self._h[-self._hidden :], out=self._logits[0])
        self._logits += self._output_bias
        return self._logits_tensor

    def _move(self, cell: NDArray[np.float32], hidden_state: NDArray[np.float32]) -> None:
        """Move a layer's cell and hidden state on by the gates, in place."""
        logistic, candidate = self._gates[: 3 * self._hidden], self._gates[3 * self._hidden :]
        entering, forgetting, leaving = logistic.reshape(3, self._hidden)
        np.tanh(self._gates, out=self._gates)
        logistic *= 0.5
        logistic += 0.5
        cell *= forgetting
        candidate *= entering
        cell += candidate
        np.tanh(cell, out=candidate)
        np.multiply(candidate, leaving, out=hidden_state)


class FewTextSteps:
    """A few texts on a GPU, one kernel per layer."""

    def __init__(self, weights: StepWeights, rows: int, kernels: Any) -> None:
        doubled = weights.scaled(candidate=2.0)
        hidden, layers, device = weights.hidden_size, len(weights.layers), weights.table.device
        self._kernels = kernels
        self._added = [doubled.table, *doubled.biases]
        self._matrices = [layer.t().contiguous() for layer in doubled.layers]
        self._output = weights.output.t().contiguous()
        self._output_bias = weights.output_bias
        # A layer's programs read all of its hidden state while each writes a part of the next.
        self._h, self._moved = torch.zeros(2, layers, rows, hidden, device=device)
        self._c = torch.zeros(layers, rows, hidden, device=device)
        self._logits = torch.empty(rows, len(weights.table), device=device)

    def step(self, tokens: Tensor, fresh: Tensor | None = None) -> Tensor:
        """Read a token of each text, ``[R]``; return the logits ``[R, V]`` of the next."""
        if fresh is not None:
            self._h.masked_fill_(fresh[:, None], 0)
            self._c.masked_fill_(fresh[:, None], 0)
        below = None
        for added, matrix, own, moved, cell in zip(
            self._added, self._matrices, self._h, self._moved, self._c, strict=True
        ):
            self._kernels.move_layer(below, own, moved, cell, matrix, added, tokens)
            below = moved
        self._kernels.project(below, self._output, self._output_bias, self._logits)
        self._settle()
        return self._logits

    def _settle(self) -> None:
        """Have the moved state be the state: by name within a graph of an even number of steps."""
        if torch.cuda.is_current_stream_capturing():
            self._h, self._moved = self._moved, self._h
        else:
            self._h.copy_(self._moved)


class ManyTextSteps:
    """Any number of texts on any device.

    Hidden states lie side by side, ``[R, L·H]``: a layer reads its own and the one below as one.
    """

    def __init__(
        self, weights: StepWeights, rows: int, dtype: torch.dtype, kernels: Any | None = None
    ) -> None:
        doubled = weights.scaled(candidate=2.0)
        hidden, layers, device = weights.hidden_size, len(weights.layers), weights.table.device
        self._hidden = hidden
        self._kernels = kernels
        added = torch.float32 if kernels else dtype
        self._table = doubled.table.to(added)
        self._biases = [bias.to(added) for bias in doubled.biases]
        self._products = [_product_with(layer.to(dtype)) for layer in doubled.layers]
        self._output = weights.output.to(dtype)
        self._output_bias = weights.output_bias.to(dtype)
        self._h = torch.zeros(rows, layers * hidden, dtype=dtype, device=device)
        self._c = torch.zeros(layers, rows, hidden, device=device)

    @torch.no_grad()
    def step(self, tokens: Tensor, fresh: Tensor | None = None) -> Tensor:
        """Read a token of each text, ``[R]``; return the logits ``[R, V]`` of the next."""
        if fresh is not None:
            self._h.masked_fill_(fresh[:, None], 0)
            self._c.masked_fill_(fresh[:, None], 0)
        for index, product in enumerate(self._products):
            end = (index + 1) * self._hidden
            gates = product(self._h[:, max(0, end - 2 * self._hidden) : end])
            self._move(index, gates, tokens, self._h[:, end - self._hidden : end])
        top = self._h[:, -self._hidden :]
        return torch.addmm(self._output_bias, top, self._output).float()

    def _move(self, index: int, gates: Tensor, tokens: Tensor, hidden_state: Tensor) -> None:
        """Move a layer's cell and hidden state on, in place."""
        added, cell = self._biases[index - 1] if index else self._table, self._c[index]
        if self._kernels is not None:
            self._kernels.move_cells(gates, added, None if index else tokens, cell, hidden_state)
            return
        gates = (gates + (added if index else added[tokens])).float().sigmoid_()
        entering, forgetting, leaving, candidate = gates.chunk(4, dim=1)
        candidate.mul_(2).sub_(1)
        cell.mul_(forgetting).addcmul_(entering, candidate)
        torch.sigmoid(cell * 2, out=candidate).mul_(2).sub_(1)
        hidden_state.copy_(candidate.mul_(leaving))


def _product_with(matrix: Tensor) -> Any:
    """Return what multiplies rows with ``matrix``.

    On the CPU in float32 that is oneDNN, at more than twice the speed of torch's own product on
    processors that Intel's library does not know.
    """
    on_cpu = matrix.device.type == "cpu" and matrix.dtype == torch.float32
    if not (on_cpu and torch.backends.mkldnn.is_available()):  # type: ignore[no-untyped-call]
        return lambda rows: rows @ matrix
    packed = matrix.t().contiguous().to_mkldnn()
    return lambda rows: F.linear(rows.to_mkldnn(), packed).to_dense()
