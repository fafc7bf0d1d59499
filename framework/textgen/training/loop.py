"""The training loop: steps, evaluations, checkpoints, and a stop that loses nothing.

It announces what happens through event hooks and knows none of the listeners. A run that is
stopped after any step and resumed takes the same steps, and records the same figures, as one that
was never stopped.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pluggy

from textgen.errors import TrainingError
from textgen.events import Checkpoint, Metrics, Progress
from textgen.training.assessment import Measured
from textgen.training.checkpoints import BEST, LAST, pack
from textgen.training.course import Course
from textgen.training.stepper import Stepper

_PROGRESS_SECONDS = 0.25
_CURVE_POINTS = 100


@dataclass
class Progression:
    """What a run has reached, besides its weights.

    Attributes:
        seconds: Time trained, over all sessions.
        best_loss: Lowest loss of all evaluations, in nats per token.
        best_step: When that was.
        best_figures: All figures of that evaluation.
        worse_since: Evaluations since then.
        assessed_at: The step of the last evaluation.
    """

    seconds: float = 0.0
    best_loss: float = math.inf
    best_step: int = 0
    best_figures: dict[str, float] = field(default_factory=dict)
    worse_since: int = 0
    assessed_at: int = 0

    def take_in(self, step: int, measured: Measured) -> bool:
        """Take in an evaluation; return whether it is the best so far."""
        improved = measured.loss < self.best_loss
        self.assessed_at = step
        self.worse_since = 0 if improved else self.worse_since + 1
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
            "best_step": self.best_step,
            "seconds": self.seconds,
        }


class Trainer:
    """Drives a `Stepper` along a `Course`.

    Attributes:
        progress: What has been reached so far.
        best_file: The best weights so far, as a checkpoint file; None before the first evaluation.
    """

    def __init__(
        self,
        stepper: Stepper,
        course: Course,
        *,
        measure: Callable[[], Measured],
        hook: pluggy.HookRelay,
    ) -> None:
        self.stepper = stepper
        self.progress = Progression()
        self.best_file: bytes | None = None
        self._course = course
        self._measure = measure
        self._hook = hook

    def state(self) -> dict[str, Any]:
        """Return all that the rest of the run depends on, for `load_state`."""
        return {"stepper": self.stepper.state(), "progress": dict(vars(self.progress))}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned.

        Raises:
            TrainingError: The state does not fit this model.
        """
        try:
            self.stepper.load_state(state["stepper"])
            self.progress = Progression(**state["progress"])
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise TrainingError(f"the checkpoint does not fit this run: {error}") from error

    def run(self, should_stop: Callable[[], bool]) -> str:
        """Train until all steps are taken or something ends it; return what did.

        Args:
            should_stop: Asked after every step; True ends the run there.

        Returns:
            ``all steps taken``, ``time limit``, ``patience`` or ``interrupted``.

        Raises:
            TrainingError: The loss is no longer a number; the last checkpoint stands.
        """
        clock = _Clock(self.progress.seconds)
        meter = _Meter(self._hook, self.stepper, self._course.tokens_per_step)
        self.stepper.model.train()
        reason = None
        while reason is None:
            if self.stepper.step >= self._course.steps:
                reason = "all steps taken"
                break
            self.stepper.take()
            self.progress.seconds = clock.seconds
            meter.tick()
            self._look()
            reason = self._reason_to_stop(should_stop, clock)
        self._close(reason)
        return reason

    def _look(self) -> None:
        step = self.stepper.step
        if step % max(1, self._course.steps // _CURVE_POINTS) == 0:
            self._record_training()
        if step % self._course.evaluate_every == 0:
            self._assess()

    def _reason_to_stop(self, should_stop: Callable[[], bool], clock: _Clock) -> str | None:
        course = self._course
        if course.patience and self.progress.worse_since >= course.patience:
            return "patience"
        if self.stepper.step >= course.steps:
            return "all steps taken"
        if should_stop():
            return "interrupted"
        if course.max_seconds and clock.session >= course.max_seconds:
            return "time limit"
        return None

    def _close(self, reason: str) -> None:
        if self.progress.assessed_at == self.stepper.step:
            return
        if reason == "interrupted":
            # No evaluation here: an uninterrupted run would not have made one either.
            self._announce_checkpoint(improved=False)
        else:
            self._assess()

    def _record_training(self) -> None:
        loss = self.stepper.drain_loss()
        if not math.isfinite(loss):
            raise TrainingError(
                f"the training loss is {loss} at step {self.stepper.step}. Try a lower --set "
                "training.learning_rate, or a smaller --set training.clip."
            )
        rate = self.stepper.learning_rate
        self._announce({"train_loss": loss, "learning_rate": rate})

    def _assess(self) -> None:
        measured = self._measure()
        step = self.stepper.step
        if not math.isfinite(measured.loss):
            raise TrainingError(
                f"the evaluation gave a loss of {measured.loss} at step {step}. Try a lower --set "
                "training.learning_rate."
            )
        improved = self.progress.take_in(step, measured)
        self._announce({**measured.figures, "seconds": self.progress.seconds})
        self._announce_checkpoint(improved=improved)

    def _announce(self, values: Mapping[str, float]) -> None:
        step = self.stepper.step
        epoch = step / self._course.steps_per_epoch
        self._hook.textgen_metrics(event=Metrics(step, epoch, values))

    def _announce_checkpoint(self, *, improved: bool) -> None:
        files = {LAST: pack(self.state())}
        if improved:
            self.best_file = pack(dict(self.stepper.model.state_dict()))
            files[BEST] = self.best_file
        event = Checkpoint(self.stepper.step, files, self.progress.summary())
        self._hook.textgen_checkpoint(event=event)


class _Clock:
    """Seconds of this session, and of all sessions together."""

    def __init__(self, before: float) -> None:
        self._before = before
        self._begun = time.monotonic()

    @property
    def session(self) -> float:
        return time.monotonic() - self._begun

    @property
    def seconds(self) -> float:
        return self._before + self.session


class _Meter:
    """Announces progress a few times a second, because reading a loss waits for the device."""

    def __init__(self, hook: pluggy.HookRelay, stepper: Stepper, tokens_per_step: int) -> None:
        self._hook = hook
        self._stepper = stepper
        self._tokens_per_step = tokens_per_step
        self._step = stepper.step
        self._time = time.monotonic()

    def tick(self) -> None:
        now = time.monotonic()
        if now - self._time < _PROGRESS_SECONDS:
            return
        step = self._stepper.step
        speed = (step - self._step) * self._tokens_per_step / (now - self._time)
        event = Progress(step, self._stepper.last_loss.item(), speed)
        self._hook.textgen_progress(event=event)
        self._step, self._time = step, now
