"""How far a run goes and when it looks at itself, worked out from its settings."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from textgen.data.batches import Batches
from textgen.training.options import TrainingOptions

_MOST_EVALUATIONS, _LEAST_EVALUATIONS = 40, 10


StopReason = Literal["time limit", "interrupted"]


@dataclass(frozen=True)
class Track:
    """What a run did that its course alone does not say, for another to do the same.

    The other repeats it whatever its own clock says.

    Attributes:
        evaluated_at: Steps after which it evaluated; None: where its course says.
        stopped_after: Steps after which it was stopped; None where its course ended it.
        stopped_by: What stopped it.
        looked: Whether it recorded figures after its last step before it was stopped.
    """

    evaluated_at: frozenset[int] | None = None
    stopped_after: int | None = None
    stopped_by: StopReason = "time limit"
    looked: bool = True

    def stop(self, step: int, *, looked: bool) -> StopReason | None:
        """Return what stopped the run after ``step`` steps; None where it went on.

        Args:
            step: Steps taken.
            looked: Whether the figures of that step are recorded.
        """
        if self.stopped_after is None or step < self.stopped_after or looked != self.looked:
            return None
        return self.stopped_by


@dataclass(frozen=True)
class Course:
    """How far a run goes and when it looks at itself.

    Attributes:
        steps: Steps in all.
        steps_per_epoch: Steps in one pass over the training text.
        evaluate_every: Steps between evaluations.
        tokens_per_step: Predictions scored in a step.
        max_seconds: Time for this session of training; None for no limit.
        patience: Evaluations without a better one before it gives up; None for no limit.
        track: What it repeats of another run.
    """

    steps: int
    steps_per_epoch: int
    evaluate_every: int
    tokens_per_step: int
    max_seconds: float | None = None
    patience: int | None = None
    track: Track = field(default_factory=Track)

    @property
    def last_step(self) -> int:
        """The step after which it ends at the latest, as far as that is known."""
        return self.steps if self.track.stopped_after is None else self.track.stopped_after

    def is_due(self, step: int) -> bool:
        """Tell whether an evaluation is due after ``step`` steps."""
        return step % self.evaluate_every == 0

    def evaluates_at(self, step: int) -> bool:
        """Tell whether there is an evaluation after ``step`` steps before it is known to end."""
        repeated = self.track.evaluated_at
        return self.is_due(step) if repeated is None else step in repeated

    def evaluations_after(self, step: int) -> int:
        """Return how many evaluations come after ``step`` steps, the one at the end among them."""
        if self.track.evaluated_at is not None:
            return sum(later > step for later in self.track.evaluated_at)
        return -(-self.last_step // self.evaluate_every) - step // self.evaluate_every


def plan_course(options: TrainingOptions, batches: Batches, evaluation_tokens: int) -> Course:
    """Return the course of a run.

    Args:
        options: The training options.
        batches: What an epoch consists of.
        evaluation_tokens: Tokens that one evaluation scores.
    """
    per_sequence = options.sequence_length if options.objective == "all-steps" else 1
    tokens_per_step = batches.sequences * per_sequence
    epoch = batches.steps_per_epoch
    if options.epochs is None:
        steps = math.ceil(options.predictions / tokens_per_step)
    else:
        steps = options.epochs * epoch
    if options.evaluate_every is None:
        every = _affordable(steps, epoch, math.ceil(evaluation_tokens / tokens_per_step))
    else:
        every = round(options.evaluate_every * epoch)
    return Course(
        steps=steps,
        steps_per_epoch=epoch,
        evaluate_every=max(1, min(every, steps)),
        tokens_per_step=tokens_per_step,
        max_seconds=options.max_seconds,
        patience=options.patience,
    )


def _affordable(steps: int, epoch: int, evaluation_steps: int) -> int:
    """Return a distance of about an epoch that costs little next to the training between.

    An evaluation reads each token once where a training step reads it, goes back and updates:
    about a third of the work. Twice as many steps between keep it under a sixth of the time.
    """
    every = min(max(epoch, steps // _MOST_EVALUATIONS), steps // _LEAST_EVALUATIONS)
    return max(every, 2 * evaluation_steps)
