"""What the training loop drives: a model that learns step by step, whatever a step is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from torch import Tensor, nn

from textgen.training.precision import Precision


class TakesSteps(Protocol):
    """Takes a run's steps: `Stepper` by gradients, `Fitting` by the model's own ``fit``.

    Attributes:
        step: Steps taken.
        model: The model that learns.
        remedy: What to try where its numbers are no numbers any more, as a sentence.
    """

    step: int
    model: nn.Module
    remedy: str

    @property
    def precision(self) -> Precision:
        """What steps are computed in."""
        ...

    @property
    def last_loss(self) -> Tensor | None:
        """The loss of the last step, in nats per scored token; None where steps have none."""
        ...

    @property
    def is_captured(self) -> bool:
        """Whether steps are replayed from CUDA graphs."""
        ...

    def capture(self) -> str | None:
        """Record the step as CUDA graphs where there are any; return why where that cannot be."""
        ...

    def take(self) -> None:
        """Take one step."""
        ...

    def drain_figures(self) -> Mapping[str, float]:
        """Return what to record of the steps since the last call; nothing where there were none."""
        ...

    def is_sound(self) -> bool:
        """Whether the model holds numbers, so that a checkpoint is worth keeping."""
        ...

    def state(self) -> dict[str, Any]:
        """Return all that decides the steps to come, for `load_state`; the ``model`` among it."""
        ...

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned."""
        ...
