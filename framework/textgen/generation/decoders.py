"""Decoders: a trained model as samplers see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from textgen.generation.choice import TokenChooser
from textgen.generation.stepping import CapturedWriting, ModuleSteps, write_by_steps
from textgen.generation.windows import WindowsInFlight
from textgen.parts import StepDecoder


class ModuleDecoder:
    """Serves any model by calling it, or by its own step decoder; what `textgen.Decoder` describes.

    A model that hands out no state is given, for each new token, the last ``context`` tokens
    again: those tokens are its state here.
    """

    def __init__(
        self,
        model: nn.Module,
        vocab_size: int,
        *,
        context: int | None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Take a model, which is put into evaluation mode.

        Args:
            model: The model.
            vocab_size: V.
            context: How many tokens a model without a state reads; None for one with a state.
            dtype: The type that a step decoder multiplies in.
        """
        self._model = model.eval()
        self._vocab_size = vocab_size
        self._context = context
        self._dtype = dtype

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
        steps = self._steps(len(prompt), prompt.device, window)
        if steps is not None:
            return write_by_steps(steps, prompt[:, -(window or 0) :], choose)
        return self._over_window(prompt, choose, window) if window else self._on(prompt, choose)

    def _steps(self, texts: int, device: torch.device, window: int | None) -> StepDecoder | None:
        """Return the model's own step decoder for so many texts; None where it has none."""
        offer = getattr(self._model, "step_decoder", None)
        steps: StepDecoder | None = offer(texts * (window or 1), self._dtype) if offer else None
        if steps is None or not window:
            return steps
        return WindowsInFlight(steps, texts=texts, window=window, device=device)

    def _on(self, prompt: Tensor, choose: TokenChooser) -> Iterator[Tensor]:
        if prompt.is_cuda and self._context is None:
            graph = CapturedWriting.of(ModuleSteps(self._model), prompt, choose)
            if graph is not None:
                yield from graph.go_on(prompt)
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
