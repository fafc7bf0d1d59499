"""Decoders: a trained model as samplers see it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class ModuleDecoder:
    """Serves any model by calling it; what `textgen.Decoder` describes."""

    def __init__(self, model: nn.Module, vocab_size: int) -> None:
        """Take a model, which is put into evaluation mode."""
        self._model = model.eval()
        self._vocab_size = vocab_size

    @property
    def vocab_size(self) -> int:
        """V, the length of a row of logits."""
        return self._vocab_size

    @torch.inference_mode()
    def read(self, tokens: Tensor, state: Any | None = None) -> tuple[Tensor, Any]:
        """Read ``[B, T]`` on from ``state``; return logits ``[B, V]`` (float32) and the state."""
        logits, state = self._model(tokens, state)
        return logits[:, -1].float(), state
