"""A run of one step: the model reads the training tokens once and fits itself.

Knows of no gradient, optimiser or batch; what the model learned is in its ``state_dict``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from textgen.training.precision import Precision


class Fitting:
    """Takes the one step of a model that fits itself, as `Stepper` takes those of others.

    Attributes:
        step: 0 before the fit, 1 after it.
        model: The model.
        precision: Always float32.
        last_loss: None: nothing is scored before the evaluation.
        is_captured: False: there is nothing to repeat.
    """

    remedy = "A model must leave every token some probability: tell its plugin's author."
    last_loss = None
    is_captured = False

    def __init__(self, model: nn.Module, fit: Callable[[Tensor], None], tokens: Tensor) -> None:
        """Prepare to fit ``model`` by its method ``fit`` to ``tokens``, ``[N]``."""
        self.step = 0
        self.model = model
        self.precision = Precision("fp32", tokens.device.type)
        self._fit = fit
        self._tokens = tokens
        self._undrained = False

    def capture(self) -> str | None:
        """Do nothing: a single step gains nothing from being recorded."""
        return None

    def take(self) -> None:
        """Have the model fit itself."""
        with torch.no_grad():
            self._fit(self._tokens.long())
        self._undrained = True
        self.step += 1

    def drain_figures(self) -> Mapping[str, float]:
        """Return, once after the fit, how many numbers the model holds."""
        if not self._undrained:
            return {}
        self._undrained = False
        return {"parameters": sum(tensor.numel() for tensor in self._learned())}

    def is_sound(self) -> bool:
        """Whether nothing the model holds is NaN; a logarithm of zero may be infinite."""
        return not any(bool(tensor.isnan().any()) for tensor in self._learned())

    def state(self) -> dict[str, Any]:
        """Return what the model holds, and whether that was told."""
        model = dict(self.model.state_dict())
        return {"step": self.step, "model": model, "undrained": self._undrained}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned."""
        self.model.load_state_dict(state["model"])
        self.step, self._undrained = state["step"], state["undrained"]

    def _learned(self) -> list[Tensor]:
        return list(self.model.state_dict().values())
