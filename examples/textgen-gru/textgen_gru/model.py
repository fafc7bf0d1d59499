"""The model itself, imported when a run uses it.

Gated recurrent units: Cho et al. 2014, https://arxiv.org/abs/1406.1078.
"""

from __future__ import annotations

from torch import Tensor, nn

from textgen_gru import GRUOptions


class GRU(nn.Module):
    """Layers of gated recurrent units between an embedding and a linear map to logits."""

    def __init__(self, vocab_size: int, options: GRUOptions) -> None:
        """Make the weights."""
        super().__init__()
        size, layers = options.hidden_size, options.num_layers
        self.embedding = nn.Embedding(vocab_size, size)
        self.dropout = nn.Dropout(options.dropout)
        between = options.dropout if layers > 1 else 0.0  # nn.GRU warns of one without a use
        self.gru = nn.GRU(size, size, layers, dropout=between, batch_first=True)
        self.output = nn.Linear(size, vocab_size)

    def forward(self, tokens: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map tokens ``[B, T]`` to logits ``[B, T, V]`` and the layers' states ``[L, B, H]``."""
        hidden, state = self.gru(self.dropout(self.embedding(tokens)), state)
        return self.output(self.dropout(hidden)), state
