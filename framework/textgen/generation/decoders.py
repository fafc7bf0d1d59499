"""Decoders: a trained model as samplers see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from textgen.generation.choice import TokenChooser


class ModuleDecoder:
    """Serves any model by calling it; what `textgen.Decoder` describes.

    A model that hands out no state is given, for each new token, the last ``context`` tokens
    again: those tokens are its state here.
    """

    def __init__(self, model: nn.Module, vocab_size: int, *, context: int | None) -> None:
        """Take a model, which is put into evaluation mode.

        Args:
            model: The model.
            vocab_size: V.
            context: How many tokens a model without a state reads; None for one with a state.
        """
        self._model = model.eval()
        self._vocab_size = vocab_size
        self._context = context

    @property
    def vocab_size(self) -> int:
        """V, the length of a row of logits."""
        return self._vocab_size

    @torch.no_grad()
    def read(self, tokens: Tensor, state: Any | None = None) -> tuple[Tensor, Any]:
        """Read ``[B, T]`` on from ``state``; return logits ``[B, V]`` (float32) and the state."""
        if self._context is None:
            logits, state = self._model(tokens, state)
            return logits[:, -1].float(), state
        seen = tokens if state is None else torch.cat([state, tokens], dim=1)
        seen = seen[:, -self._context :]
        logits, _ = self._model(seen)
        return logits[:, -1].float(), seen

    def write(
        self, prompt: Tensor, choose: TokenChooser, *, window: int | None = None
    ) -> Iterator[Tensor]:
        """Continue ``prompt``, ``[B, P]``, without end; yield the next tokens, ``[B, K]``."""
        return self._over_window(prompt, choose, window) if window else self._on(prompt, choose)

    def _on(self, prompt: Tensor, choose: TokenChooser) -> Iterator[Tensor]:
        logits, state = self.read(prompt)
        while True:
            token = choose(logits)[:, None]
            yield token
            logits, state = self.read(token, state)

    def _over_window(self, prompt: Tensor, choose: TokenChooser, window: int) -> Iterator[Tensor]:
        text = prompt
        while True:
            text = text[:, -window:]
            logits, _ = self.read(text)
            token = choose(logits)[:, None]
            yield token
            text = torch.cat([text, token], dim=1)
