"""A model for textgen: gated recurrent units. Light, because listings import it."""

from __future__ import annotations

from collections.abc import Iterator

from textgen import Component, Options, hookimpl, option


class GRUOptions(Options):
    """The size of the model."""

    hidden_size: int = option(256, "size of the hidden state", unit="units", ge=1)
    num_layers: int = option(2, "GRU layers on top of each other", unit="layers", ge=1)
    dropout: float = option(
        0.2, "part of the activations dropped in training", ge=0, lt=1, unit="fraction"
    )


@hookimpl
def textgen_models() -> Iterator[Component]:
    """Announce the model."""
    yield Component("gru", "layers of gated recurrent units", "textgen_gru.model:GRU", GRUOptions)
