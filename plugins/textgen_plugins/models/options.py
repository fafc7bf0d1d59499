"""Options of the built-in models; light, because listings import them."""

from __future__ import annotations

from typing import Literal

from textgen import Options, option


class SingleLSTMOptions(Options):
    """An LSTM of one layer."""

    hidden_size: int = option(256, "size of the hidden state", unit="units", ge=1)
    dropout: float = option(
        0.2, "part of the activations dropped in training", ge=0, lt=1, unit="fraction"
    )
    input: Literal["embedding", "one-hot", "scalar"] = option(
        "embedding",
        "how a token enters: a learned vector, a unit vector, or its id over the vocabulary size",
    )


class StackedLSTMOptions(SingleLSTMOptions):
    """An LSTM of several layers, with dropout between them."""

    num_layers: int = option(2, "LSTM layers on top of each other", unit="layers", ge=1)
