"""The training loop: steps, evaluations, checkpoints, and a stop that loses nothing.

It announces what happens and knows none of the listeners. A run that is interrupted after any step
and resumed takes the same steps, and records the same figures, as one that was never stopped; one
that was stopped by its time limit keeps, besides, the figures of that moment.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from textgen.errors import TrainingError
from textgen.events import Activity, Checkpoint, Event, Metrics, Progress
from textgen.training.assessment import Measured
from textgen.training.checkpoints import BEST, LAST, pack, unpack
from textgen.training.course import Course, StopReason
from textgen.training.progression import Progression
from textgen.training.steps import TakesSteps

Announce = Callable[[Event], None]
ShouldStop = Callable[[], bool]
Measure = Callable[[Callable[[float], bool]], Measured | None]
"""Evaluates the model, asking now and then, with the part that is done, whether to stop; None
where it was to."""

_PROGRESS_SECONDS = 0.25
_CHECKPOINT_SECONDS = 60.0
_CURVE_POINTS = 100


class Trainer:
    """Drives what takes steps along a `Course`.

    Attributes:
        progress: What has been reached so far.
        best_file: The best weights so far, as a checkpoint file; None before the first evaluation.
    """

    def __init__(
        self, stepper: TakesSteps, course: Course, *, measure: Measure, announce: Announce
    ) -> None:
        self.stepper = stepper
        self.progress = Progression()
        self.best_file: bytes | None = None
        self._course = course
        self._measure = measure
        self._announce = announce

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
            raise TrainingError(
                "the run's checkpoint does not fit its model as it is built now "
                f"({' '.join(str(error).split()).rstrip('.')}). Was a plugin updated since? "
                "Install the version that the run was made with (textgen plugins freeze RUN "
                "tells), or begin a new run."
            ) from error

    def completed(self) -> str | None:
        """Return why no step is left, ``all steps taken`` or ``patience``; None where one is."""
        if self._course.patience and self.progress.worse_since >= self._course.patience:
            return "patience"
        return "all steps taken" if self.stepper.step >= self._course.steps else None

    def run(self, should_stop: ShouldStop) -> str:
        """Train until all steps are taken or something ends it; return what did.

        Args:
            should_stop: Asked after every step and while evaluating; True ends the run there.

        Returns:
            ``all steps taken``, ``time limit``, ``patience`` or ``interrupted``.

        Raises:
            TrainingError: The loss is no longer a number; the last checkpoint stands.
        """
        self._clock = _Clock(self.progress.seconds)
        self._first_step = self.stepper.step
        self._meter = _Meter(self._announce, self.stepper, self._course.tokens_per_step)
        self.stepper.model.train()
        while not (reason := self._reason_to_end(should_stop)):
            self.stepper.take()
            self.progress.seconds = self._clock.seconds
            self._meter.tick()
            if self._clock.since_checkpoint > _CHECKPOINT_SECONDS:
                self._keep_checkpoint()
        return self._close(reason, should_stop)

    def _reason_to_end(self, should_stop: ShouldStop) -> str | None:
        """Look at the run where that is due, then say whether it ends here.

        A stop comes before the look, so that it waits for no evaluation; resumed, the run begins
        with the look that was due.
        """
        if should_stop() or self._repeated_stop(looked=False) or not self._look(should_stop):
            return "interrupted"
        return self.completed() or self._repeated_stop(looked=True) or self._time_limit()

    def _repeated_stop(self, *, looked: bool) -> StopReason | None:
        return self._course.track.stop(self.stepper.step, looked=looked)

    def _time_limit(self) -> StopReason | None:
        return "time limit" if self._is_out_of_time() else None

    def _is_out_of_time(self) -> bool:
        limit = self._course.max_seconds
        took_a_step = self.stepper.step > self._first_step
        return limit is not None and self._clock.session >= limit and took_a_step

    def _look(self, should_stop: ShouldStop) -> bool:
        """Record and evaluate where that is due; return whether nothing broke it off."""
        step = self.stepper.step
        if step % max(1, self._course.steps // _CURVE_POINTS) == 0:
            self._record_training()
        if not self._course.evaluates_at(step) or step in (0, self.progress.assessed_at):
            return True
        return self._assess(should_stop, was_due=self._course.is_due(step))

    def _close(self, reason: str, should_stop: ShouldStop) -> str:
        """Leave the run with figures for its last step, or ready to go on; return what ended it."""
        if reason != "interrupted" and self.progress.assessed_at != self.stepper.step:
            reason = reason if self._assess(should_stop, was_due=False) else "interrupted"
        if reason == "interrupted":
            # No evaluation here: an uninterrupted run would not have made one either.
            self._keep_checkpoint()
        return reason

    def _record_training(self) -> None:
        figures = self.stepper.drain_figures()
        loss = figures.get("train_loss", 0.0)
        if not math.isfinite(loss):
            raise self._diverged(f"the training loss is {loss}")
        if figures:
            self._announce_figures(figures)

    def _assess(self, should_stop: ShouldStop, *, was_due: bool) -> bool:
        """Evaluate and keep a checkpoint; return whether nothing broke it off."""

        def told_to_stop(part_done: float) -> bool:
            self._meter.evaluate(part_done)
            return should_stop()

        self._meter.pause()
        measured = self._measure(told_to_stop)
        if measured is None:
            return False
        self._meter.go_on()
        if not math.isfinite(measured.loss):
            raise self._diverged(f"the evaluation gave a loss of {measured.loss}")
        self.progress.seconds = self._clock.seconds
        improved = self.progress.take_in(self.stepper.step, measured, was_due=was_due)
        self._announce_figures({**measured.figures, "seconds": self.progress.seconds})
        self._keep_checkpoint(improved=improved)
        return True

    def _announce_figures(self, values: Mapping[str, float]) -> None:
        step = self.stepper.step
        self._announce(Metrics(step, step / self._course.steps_per_epoch, values))

    def _keep_checkpoint(self, *, improved: bool = False) -> None:
        if not self.stepper.is_sound():
            raise self._diverged("a weight is no longer a finite number")
        files = {LAST: pack(self.state())}
        if improved:
            self.best_file = pack(dict(self.stepper.model.state_dict()))
            files[BEST] = self.best_file
        self._announce(Checkpoint(self.stepper.step, files, self.progress.summary()))
        self._clock.note_checkpoint()

    def _diverged(self, what: str) -> TrainingError:
        stands = "; the last checkpoint stands" if self.progress.assessed_at else ""
        return TrainingError(f"at step {self.stepper.step} {what}{stands}. {self.stepper.remedy}")


def steps_of(last: bytes) -> int:
    """Return after how many steps a checkpoint was kept.

    Args:
        last: The file to go on from.

    Raises:
        TrainingError: It is no checkpoint of textgen's.
    """
    return int(unpack(last)["stepper"]["step"])


class _Clock:
    """Seconds of this session, of all sessions together, and since the last checkpoint."""

    def __init__(self, before: float) -> None:
        self._before = before
        self._begun = self._kept = time.monotonic()

    @property
    def session(self) -> float:
        return time.monotonic() - self._begun

    @property
    def seconds(self) -> float:
        return self._before + self.session

    @property
    def since_checkpoint(self) -> float:
        return time.monotonic() - self._kept

    def note_checkpoint(self) -> None:
        self._kept = time.monotonic()


class _Meter:
    """Announces progress a few times a second, because reading a loss waits for the device."""

    def __init__(self, announce: Announce, stepper: TakesSteps, tokens_per_step: int) -> None:
        self._announce = announce
        self._stepper = stepper
        self._tokens_per_step = tokens_per_step
        self._speed = 0.0
        self._step, self._time = stepper.step, time.monotonic()

    def tick(self) -> None:
        """Announce progress where some time has passed since the last."""
        if time.monotonic() - self._time >= _PROGRESS_SECONDS:
            self._tell("training")
            self.go_on()

    def pause(self) -> None:
        """Announce that an evaluation begins."""
        self._tell("evaluating")

    def evaluate(self, part_done: float) -> None:
        """Announce how far an evaluation has come where some time has passed since the last."""
        if time.monotonic() - self._time >= _PROGRESS_SECONDS:
            self._tell("evaluating", part_done)
            self._time = time.monotonic()

    def go_on(self) -> None:
        """Measure speed from here on."""
        self._step, self._time = self._stepper.step, time.monotonic()

    def _tell(self, activity: Activity, part_done: float = 0.0) -> None:
        loss = self._stepper.last_loss
        passed = time.monotonic() - self._time
        if self._stepper.step > self._step:
            self._speed = (self._stepper.step - self._step) * self._tokens_per_step / passed
            self._step = self._stepper.step
        figure = None if loss is None else loss.item()
        self._announce(Progress(self._stepper.step, figure, self._speed, activity, part_done))
