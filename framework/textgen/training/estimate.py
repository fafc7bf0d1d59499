"""What a run will take, in time and memory, measured on the first steps of a copy of it.

An estimate is made of what a run does, not of what its parts say of themselves: a copy of the model
takes a few steps and reads a piece of an evaluation. The run itself is never touched, so that it is
the same whether or not it was estimated, and however long that took. The time of writing
checkpoints and of the sample is not in it.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch

from textgen.training.course import Course
from textgen.training.loop import Measure
from textgen.training.memory import Memory, free_bytes, memory_of, require_room
from textgen.training.stepper import Stepper

_SECONDS = 0.15
_MOST_OF_ALL_STEPS = 0.02


@dataclass(frozen=True)
class Estimate:
    """What is left of a run, and what it will take.

    Attributes:
        step_seconds: A step.
        evaluation_seconds: An evaluation.
        steps: Steps to come.
        evaluations: Evaluations to come.
        seconds: All of them, or the run's time limit and the evaluation behind it.
        memory: What training takes on its device.
        free_memory: Bytes free there besides what the run holds already; None: not known.
    """

    step_seconds: float
    evaluation_seconds: float
    steps: int
    evaluations: int
    seconds: float
    memory: Memory
    free_memory: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return the estimate as plain values."""
        return {**vars(self), "memory": self.memory.as_dict()}


def rehearse(
    stepper: Stepper, course: Course, measure: Measure, device: torch.device, tokens: int
) -> tuple[Estimate, list[str]]:
    """Estimate what the rest of a run takes.

    Args:
        stepper: A copy of the run's own, which is used up; at least a step is left.
        course: How far the run goes.
        measure: Evaluates the copy's model.
        device: Where the model is.
        tokens: Bytes that the corpus takes there.

    Returns:
        The estimate, and what the user should know.

    Raises:
        TrainingError: There is too little memory.
    """
    free = free_bytes(device)
    memory = memory_of(stepper, device, tokens)
    notes = require_room(memory, device, free)
    steps, evaluations = course.last_step - stepper.step, course.evaluations_after(stepper.step)
    stepper.capture()
    of_step = _seconds_per_step(stepper, max(1, int(steps * _MOST_OF_ALL_STEPS)))
    of_evaluation = _seconds_of_evaluation(measure)
    seconds = steps * of_step + evaluations * of_evaluation
    limit = math.inf if course.max_seconds is None else course.max_seconds + of_evaluation
    return Estimate(
        of_step, of_evaluation, steps, evaluations, min(seconds, limit), memory, free
    ), notes


def _seconds_per_step(stepper: Stepper, most: int) -> float:
    """Time up to ``most`` steps, of which the first warms up unless it is slow anyway.

    The median, because other programs may slow any one of them.
    """
    begun, times = time.perf_counter(), [_seconds_of_step(stepper)]
    while len(times) < most and time.perf_counter() - begun < _SECONDS:
        times.append(_seconds_of_step(stepper))
    return median(times[1:] or times)


def _seconds_of_step(stepper: Stepper) -> float:
    begun = time.perf_counter()
    stepper.take()
    stepper.last_loss.item()  # waits for the device
    return time.perf_counter() - begun


def _seconds_of_evaluation(measure: Measure) -> float:
    """Evaluate for some time, and return what the whole would take."""
    watch = _Watch()
    measured = measure(watch.has_seen_enough)
    return watch.whole if measured is None else watch.passed


class _Watch:
    """Watches the beginning of an evaluation and tells how long the whole takes.

    It is asked after each piece, and told how much was done before that piece. The first pieces
    may only be read for their context, so the pace is that of the last one whose share is known.
    """

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self._asked: list[tuple[float, float]] = []

    @property
    def passed(self) -> float:
        return time.perf_counter() - self._begun

    @property
    def whole(self) -> float:
        """Seconds of the whole, when enough has been seen."""
        (before, _), (after, done), (_, done_then) = self._asked[-3:]
        return after + (1 - done_then) * (after - before) / (done_then - done)

    def has_seen_enough(self, part_done: float) -> bool:
        """Whether some time has passed and two pieces are known, of which one was timed alone."""
        self._asked.append((self.passed, part_done))
        return len(self._asked) > 2 and self.passed > _SECONDS
