"""The models `lstm-single` and `lstm-stacked`: long short-term memory over tokens.

Source: Hochreiter & Schmidhuber 1997, with forget gates (Gers et al. 2000) as in
``torch.nn.LSTM``; dropout between layers and before the output as in Zaremba et al. 2014.

Shapes: B sequences, T tokens, V vocabulary, H hidden size, F features of a token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from textgen_plugins.models.options import SingleLSTMOptions, StackedLSTMOptions

if TYPE_CHECKING:
    from textgen import StepDecoder

LayerState = tuple[Tensor, Tensor]


def build_single(vocab_size: int, options: SingleLSTMOptions) -> LSTMModel:
    """Return an LSTM of one layer."""
    return LSTMModel(vocab_size, 1, options)


def build_stacked(vocab_size: int, options: StackedLSTMOptions) -> LSTMModel:
    """Return an LSTM of ``options.num_layers`` layers."""
    return LSTMModel(vocab_size, options.num_layers, options)


class LSTMModel(nn.Module):
    """Token input, LSTM layers, a linear map to the vocabulary.

    The layers are separate modules rather than one ``nn.LSTM`` with several, so that a layer's
    state can be carried and its kernel chosen by itself.
    """

    def __init__(self, vocab_size: int, num_layers: int, options: SingleLSTMOptions) -> None:
        super().__init__()
        hidden = options.hidden_size
        self.input = _token_input(options.input, vocab_size, hidden)
        sizes = [self.input.features, *[hidden] * (num_layers - 1)]
        self.layers = nn.ModuleList(nn.LSTM(size, hidden, batch_first=True) for size in sizes)
        self.dropout = nn.Dropout(options.dropout)
        self.output = nn.Linear(hidden, vocab_size)

    def forward(
        self, tokens: Tensor, state: list[LayerState] | None = None
    ) -> tuple[Tensor, list[LayerState]]:
        """Map tokens ``[B, T]`` to logits ``[B, T, V]``.

        The state is one pair (hidden, cell) of ``[1, B, H]`` per layer.
        """
        x_BxTxH = self.input(tokens)
        carried: list[LayerState] = []
        for index, layer in enumerate(self.layers):
            x_BxTxH, layer_state = layer(x_BxTxH, None if state is None else state[index])
            x_BxTxH = self.dropout(x_BxTxH)
            carried.append(layer_state)
        return self.output(x_BxTxH), carried

    def step_decoder(self, rows: int, dtype: torch.dtype) -> StepDecoder:
        """Return what reads ``rows`` texts a token at a time, with the weights as they are now."""
        from textgen_plugins.models.lstm_steps import make_steps

        return make_steps(self, rows, dtype)


class _Embedding(nn.Embedding):
    """Every token is a learned vector, F = H."""

    @property
    def features(self) -> int:
        return self.embedding_dim


class _OneHot(nn.Module):
    """Every token is a unit vector, F = V."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.features = vocab_size

    def forward(self, tokens: Tensor) -> Tensor:
        return F.one_hot(tokens, self.features).to(torch.get_default_dtype())


class _Scalar(nn.Module):
    """Every token is its id divided by the vocabulary size, F = 1: the tutorial's input."""

    features = 1

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self._vocab_size = vocab_size

    def forward(self, tokens: Tensor) -> Tensor:
        return (tokens / self._vocab_size).unsqueeze(-1)


def _token_input(kind: str, vocab_size: int, hidden: int) -> _Embedding | _OneHot | _Scalar:
    if kind == "embedding":
        return _Embedding(vocab_size, hidden)
    return _OneHot(vocab_size) if kind == "one-hot" else _Scalar(vocab_size)
