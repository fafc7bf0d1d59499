"""The learning rate at each step: a linear warm-up, then a fall to a fraction of the highest."""

from __future__ import annotations

import math

from textgen.training.options import TrainingOptions


def learning_rate_at(step: int, steps: int, options: TrainingOptions) -> float:
    """Return the learning rate of ``step`` (from 0) in a run of ``steps``.

    The rate depends on the step alone, never on the clock, so that a run can be repeated.
    """
    warmup_steps = int(options.warmup * steps)
    if step < warmup_steps:
        return options.learning_rate * (step + 1) / warmup_steps
    if options.schedule == "constant":
        return options.learning_rate
    progress = (step - warmup_steps) / max(1, steps - warmup_steps)
    remaining = (
        1 - progress if options.schedule == "linear" else 0.5 + 0.5 * math.cos(math.pi * progress)
    )
    floor = options.final_learning_rate
    return options.learning_rate * (floor + (1 - floor) * remaining)
