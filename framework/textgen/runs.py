"""A whole run: prepared, trained, sampled, and announced from beginning to end.

`Run` is what the command line drives and what a program may drive instead of it. It tells event
hooks what happens and knows none of the listeners.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from textgen.advice import notes_on_held_out, notes_on_window, require_choice
from textgen.components import Kind
from textgen.corpus import Provenance, change_of_text
from textgen.errors import CorpusError, PluginError, TextgenError, TrainingError
from textgen.events import RunFinished, RunStarted, SampleWritten, Status
from textgen.layers import merge_layers
from textgen.learning import plan_learning, plan_of, rehearse_learning
from textgen.pipeline import ReadFile, TrainedModel, build_model, sketch_model
from textgen.preparation import prepare
from textgen.run_sample import RunSample
from textgen.settings import RunSettings
from textgen.training.assessment import Assessment, assessment_of, scorable
from textgen.training.checkpoints import BEST, LAST, TOKENIZER, unpack
from textgen.training.course import Track
from textgen.training.devices import environment, resolve_device
from textgen.training.estimate import Estimate
from textgen.training.loop import Announce, Trainer
from textgen.training.memory import require_room_for_model
from textgen.training.trouble import device_trouble

if TYPE_CHECKING:
    from torch import nn


class Run:
    """One run, from settings to a sample.

    Making one does everything that can fail early: the corpus is opened, the parts are built and
    checked against each other, and nothing is announced yet.

    Attributes:
        settings: What the run was asked for.
        plan: What `execute` will do.
        notes: What the user should know before the run begins.
        estimate: What the rest of it takes; None before `rehearse`, and where nothing is repeated.
    """

    def __init__(
        self,
        settings: RunSettings,
        *,
        announce: Announce,
        track: Track | None = None,
        watch: Callable[[int], None] = lambda characters: None,
    ) -> None:
        """Prepare a run.

        Args:
            settings: What is asked for.
            announce: Told of all that happens.
            track: What an earlier run did that is to be repeated, whatever the clock says.
            watch: Told, while the text is turned into tokens, how many characters have been read.

        Raises:
            TextgenError: Something is missing or does not fit; the message says what.
        """
        self.settings = settings
        self.estimate: Estimate | None = None
        self._announce = announce
        self._track = track
        self._device = resolve_device(settings.device)
        with device_trouble(self._device):
            self._prepare(watch)

    def _prepare(self, watch: Callable[[int], None]) -> None:
        """Open the corpus, build the parts, check that they fit, and plan the run."""
        settings = self.settings
        self._material = prepare(settings, watch=watch)
        require_choice(self._vocab_size)
        self._sample = RunSample(settings, self._material)
        self._tokens = self._material.tokens.on(self._device)
        self._trained = self._build_model()
        self._carries_state = self._trained.carries_state
        assessment = self._assessment_of(self._trained.model)
        if settings.training.test_fraction:  # scored at the very end, when it is too late to change
            scorable(self._material, settings.training, "test")
        learning = plan_learning(
            settings, self._trained.model, self._tokens, self._material, assessment.size
        )
        self._learning = learning if self._track is None else learning.along(self._track)
        self.plan = plan_of(self._learning, self._material, self._device)
        self._trainer = Trainer(
            self._learning.stepper,
            self._learning.course,
            measure=assessment.measure,
            announce=self._announce,
        )
        self.notes = [*self._notes_on_text(), *self._notes_on_plan(assessment)]

    def _notes_on_text(self) -> Iterator[str]:
        yield from self._material.corpus.provenance.notes
        yield from getattr(self._material.tokenizer, "notes", ())

    def _notes_on_plan(self, assessment: Assessment) -> Iterator[str]:
        yield from notes_on_held_out(assessment)
        yield from notes_on_window(self.settings, carries_state=assessment.carries_state)
        yield from self._learning.notes

    def resume(self, read: ReadFile, *, provenance: Mapping[str, Any], status: str) -> None:
        """Go back to where an earlier session of this run was stopped.

        Args:
            read: Reads the run's files.
            provenance: What was recorded of the corpus when the run began.
            status: How the run stands; one that is not ``finished`` may lack only its sample.

        Raises:
            CorpusError: The corpus has changed since.
            TrainingError: There is nothing to go on from, or nothing left to do.
        """
        _require_same_text(self._material.corpus.provenance, provenance)
        last = read(LAST)
        if last is None:
            raise TrainingError("the run has no checkpoint to go on from. Begin a new run.")
        self._trainer.load_state(unpack(last))
        self._trainer.best_file = read(BEST)
        why = self._trainer.completed()
        if why and status == "finished":
            raise TrainingError(self._nothing_left(why))

    def _nothing_left(self, why: str) -> str:
        if self.plan.parameters is None:
            return (
                "the run has finished (its model fitted itself, which is done once): nothing is "
                "left to resume. For another fit begin a new run."
            )
        return (
            f"the run has finished ({why}, {self.steps_taken} of {self.plan.steps}): nothing is "
            "left to resume. For a longer one begin a new run with more --epochs."
        )

    def rehearse(self) -> None:
        """Estimate what the rest of the run takes, on a copy of it; nothing is announced.

        Raises:
            TrainingError: There is too little memory.
            PluginError: The model cannot take a step.
        """
        if self._trainer.completed():
            return
        with self._blaming(Kind.MODEL, "training"):
            self.estimate, notes = rehearse_learning(
                self._learning,
                lambda model: self._assessment_of(model).measure,
                self._device,
                self._material.tokens.bytes_on(self._device),
            )
        self.notes += [note for note in notes if note not in self.notes]

    def execute(self, should_stop: Callable[[], bool] = lambda: False) -> RunFinished:
        """Train, write a sample, and return how it ended.

        Args:
            should_stop: Asked after every step; True ends the run there, ready to be resumed.

        Raises:
            TextgenError: The run failed; once it has begun that is announced, and the last
                checkpoint stands.
        """
        with suppress(PluginError):  # an estimate is not worth a run, which will fail for itself
            self.rehearse()
        with device_trouble(self._device):
            problem = self._trainer.stepper.capture()
        self.notes += [f"{problem}; each step is launched by itself"] if problem else []
        try:
            with self.settings.blaming(Kind.TOKENIZER, "handing out its state"):
                started = self._started()
            self._announce(started)
            with self._blaming(Kind.MODEL, "training"):
                reason = self._trainer.run(should_stop)
            with self._blaming(Kind.SAMPLER, "writing a sample"):
                if reason != "interrupted" and not self._write_sample(should_stop):
                    reason = "interrupted"
        except KeyboardInterrupt:
            self._finish("interrupted", "stopped between checkpoints")
            raise
        except BaseException as error:
            with suppress(TextgenError):  # the first error is the one to tell
                self._finish("failed", f"{type(error).__name__}: {error}")
            raise
        return self._finish("interrupted" if reason == "interrupted" else "finished", reason)

    @contextmanager
    def _blaming(self, kind: Kind, doing: str) -> Iterator[None]:
        """Name the part that an unforeseen error most likely comes from.

        Raises:
            PluginError: There was one.
        """
        with self.settings.blaming(kind, doing), device_trouble(self._device):
            yield

    @property
    def steps_taken(self) -> int:
        """Steps taken so far, over all sessions."""
        return self._trainer.stepper.step

    @property
    def carries_state(self) -> bool:
        """Whether the model hands out a state to go on from."""
        return self._trained.carries_state

    @property
    def precision(self) -> str:
        """What training passes are computed in."""
        return self._trainer.stepper.precision.name

    @property
    def warnings(self) -> Sequence[str]:
        """What may make the corpus the wrong text."""
        return self._material.corpus.provenance.warnings

    @property
    def documents(self) -> int:
        """How many documents the corpus has, those without a token left out."""
        return len(self._material.tokens.documents)

    @property
    def bytes_on_disk(self) -> int:
        """How many bytes of token ids are read from a file rather than held in memory."""
        tokens = self._material.tokens
        return 0 if tokens.mapping is None else tokens.ids.nbytes

    @property
    def _vocab_size(self) -> int:
        return self._material.tokenizer.vocab_size

    def _assessment_of(self, model: nn.Module) -> Assessment:
        return assessment_of(
            model,
            self._tokens,
            self._material,
            self.settings.training,
            carries_state=self._carries_state,
        )

    def _build_model(self) -> TrainedModel:
        sketch = sketch_model(self.settings, self._vocab_size)
        if sketch is not None:
            require_room_for_model(sketch, self._device)
        model = build_model(self.settings, self._vocab_size, self._device)
        return TrainedModel(self.settings, self._material.tokenizer, model, self._device)

    def _started(self) -> RunStarted:
        state = json.dumps(self._material.tokenizer.state(), ensure_ascii=False)
        provenance = self._material.corpus.provenance
        opens_again = {Kind.SOURCE.value: {"use": provenance.locator}}
        return RunStarted(
            settings=merge_layers(self.settings.as_dict(), opens_again),
            parts={kind: choice.record() for kind, choice in self.settings.parts.items()},
            provenance=provenance.as_dict(),
            environment={
                **environment(self._device),
                "precision": self.precision,
                "captured": self._trainer.stepper.is_captured,
            },
            plan=self.plan,
            first_step=self.steps_taken,
            files={TOKENIZER: state.encode()},
            prompt=self._sample.prompt,
        )

    def _write_sample(self, should_stop: Callable[[], bool]) -> bool:
        """Write a sample with the best weights; return whether nothing broke it off."""
        if self._trainer.best_file is not None:
            self._trained.model.load_state_dict(unpack(self._trainer.best_file))
        text = self._sample.write(self._trained, should_stop)
        if text:
            self._announce(SampleWritten(self._sample.prompt, text))
        return text is not None

    def _finish(self, status: Status, reason: str) -> RunFinished:
        event = RunFinished(status, self.steps_taken, self._trainer.progress.summary(), reason)
        self._announce(event)
        return event


def _require_same_text(now: Provenance, then: Mapping[str, Any]) -> None:
    change = change_of_text(now, then)
    if change:
        raise CorpusError(
            f"the corpus has changed since the run began ({change}): the run cannot go on "
            "exactly. Bring the text back, or begin a new run."
        )
