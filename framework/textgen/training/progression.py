"""What a run has reached, besides its weights: time, evaluations, the best of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from textgen.training.assessment import Measured


@dataclass
class Progression:
    """What a run has reached, besides its weights.

    Attributes:
        seconds: Time trained, over all sessions, evaluations included.
        best_loss: Lowest loss of all evaluations, in nats per token.
        best_step: When that was.
        best_figures: All figures of that evaluation.
        best_due: Lowest loss of the evaluations that were due.
        worse_since: Evaluations since then that were due.
        assessed_at: The step of the last evaluation.
    """

    seconds: float = 0.0
    best_loss: float = math.inf
    best_step: int = 0
    best_figures: dict[str, float] = field(default_factory=dict)
    best_due: float = math.inf
    worse_since: int = 0
    assessed_at: int = 0

    def take_in(self, step: int, measured: Measured, *, was_due: bool) -> bool:
        """Take in an evaluation; return whether it is the best so far.

        One that was not due, made because time was up, has no part in patience: resumed, the run
        loses patience when it would have without a stop. It may be the best, though.
        """
        improved = measured.loss < self.best_loss
        self.assessed_at = step
        if was_due:
            self.worse_since = 0 if measured.loss < self.best_due else self.worse_since + 1
            self.best_due = min(self.best_due, measured.loss)
        if improved:
            self.best_loss, self.best_step = measured.loss, step
            self.best_figures = dict(measured.figures)
        return improved

    def summary(self) -> dict[str, float | None]:
        """Return the figures that listings show; held-out ones are None without such a part."""
        return {
            **self.best_figures,
            "best_loss": self.best_figures.get("validation_loss"),
            "bits_per_char": self.best_figures.get("bits_per_char"),
            "best_step": self.best_step if self.best_figures else None,
            "seconds": self.seconds,
        }
