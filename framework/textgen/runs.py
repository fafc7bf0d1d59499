"""A whole run: prepared, trained, sampled, and announced from beginning to end.

`Run` is what the command line drives and what a program may drive instead of it. It tells event
hooks what happens and knows none of the listeners.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import takewhile

import pluggy

from textgen.components import Kind
from textgen.errors import CorpusError, TrainingError
from textgen.events import Plan, RunFinished, RunStarted, SampleWritten, Status
from textgen.generation.decoders import ModuleDecoder
from textgen.generation.writer import encode_prompt, write
from textgen.pipeline import (
    ReadFile,
    build_batches,
    build_model,
    build_sampler,
    prepare,
)
from textgen.settings import RunSettings, merge_layers
from textgen.training.assessment import assessment_of
from textgen.training.checkpoints import BEST, LAST, TOKENIZER, unpack
from textgen.training.course import Course, plan_course
from textgen.training.devices import environment, resolve_device
from textgen.training.loop import Trainer
from textgen.training.stepper import Stepper

_PROMPT_TOKENS = 100


class Run:
    """One run, from settings to a sample.

    Making one does everything that can fail early: the corpus is opened, the parts are built and
    checked against each other, and nothing is announced yet.

    Attributes:
        settings: What the run was asked for.
        plan: What `execute` will do.
        prompt: What the sample will continue.
        notes: What the user should know before the run begins.
    """

    def __init__(self, settings: RunSettings, *, hook: pluggy.HookRelay) -> None:
        """Prepare a run.

        Raises:
            TextgenError: Something is missing or does not fit; the message says what.
        """
        self.settings = settings
        self._hook = hook
        self._device = resolve_device(settings.device)
        self._material = prepare(settings)
        self._sampler = build_sampler(settings)
        self.prompt = self._choose_prompt()
        options, tokens = settings.training, self._material.tokens
        on_device = tokens.on(self._device)
        batches = build_batches(options, on_device[: tokens.split], settings.seed)
        self._model = build_model(settings, self._material.tokenizer.vocab_size, self._device)
        assessment = assessment_of(
            self._model, on_device, tokens, self._material.tokenizer, options
        )
        course = plan_course(options, batches, assessment.size)
        self.plan = self._make_plan(course)
        stepper = Stepper(self._model, batches, steps=course.steps, options=options)
        self._trainer = Trainer(stepper, course, measure=assessment.measure, hook=self._hook)
        self.notes = [
            *self._material.corpus.provenance.notes,
            *_notes_on_batches(batches.sequences, options.batch_size),
        ]

    def resume(self, read: ReadFile, *, sha256_text: str) -> None:
        """Go back to where an earlier session of this run was stopped.

        Args:
            read: Reads the run's files.
            sha256_text: The checksum of the corpus as it was when the run began.

        Raises:
            CorpusError: The corpus has changed since.
            TrainingError: There is nothing to go on from, or nothing left to do.
        """
        now = self._material.corpus.provenance.sha256_text
        if now != sha256_text:
            raise CorpusError(
                f"the corpus has changed since the run began (sha256 {sha256_text[:12]}… then, "
                f"{now[:12]}… now): the run cannot go on exactly. Bring the text back, or begin a "
                "new run."
            )
        last = read(LAST)
        if last is None:
            raise TrainingError("the run has no checkpoint to go on from. Begin a new run.")
        self._trainer.load_state(unpack(last))
        self._trainer.best_file = read(BEST)
        if self._trainer.stepper.step >= self.plan.steps:
            raise TrainingError(f"all {self.plan.steps} steps have been taken: nothing is left.")

    def execute(self, should_stop: Callable[[], bool] = lambda: False) -> RunFinished:
        """Train, write a sample, and return how it ended.

        Args:
            should_stop: Asked after every step; True ends the run there, ready to be resumed.

        Raises:
            TextgenError: The run failed; that has been announced, and the last checkpoint stands.
        """
        try:
            self._hook.textgen_run_started(event=self._started())
            reason = self._trainer.run(should_stop)
            if reason != "interrupted":
                self._write_sample(should_stop)
        except KeyboardInterrupt:
            self._finish("interrupted", "stopped between checkpoints")
            raise
        except BaseException as error:
            self._finish("failed", f"{type(error).__name__}: {error}")
            raise
        return self._finish("interrupted" if reason == "interrupted" else "finished", reason)

    def _choose_prompt(self) -> str:
        """Return the prompt asked for, or the end of the training text; check it either way."""
        tokenizer, tokens = self._material.tokenizer, self._material.tokens
        asked = self.settings.sample.prompt
        if asked is None:
            return tokenizer.decode(tokens.training[-_PROMPT_TOKENS:])
        encode_prompt(tokenizer, asked)
        return asked

    def _make_plan(self, course: Course) -> Plan:
        weights = [weight for weight in self._model.parameters() if weight.requires_grad]
        tokens = self._material.tokens
        return Plan(
            steps=course.steps,
            steps_per_epoch=course.steps_per_epoch,
            tokens_per_step=course.tokens_per_step,
            training_tokens=tokens.split,
            validation_tokens=len(tokens.ids) - tokens.split,
            vocab_size=self._material.tokenizer.vocab_size,
            parameters=sum(weight.numel() for weight in weights),
            device=str(self._device),
        )

    def _started(self) -> RunStarted:
        state = json.dumps(self._material.tokenizer.state(), ensure_ascii=False)
        provenance = self._material.corpus.provenance
        opens_again = {Kind.SOURCE.value: {"use": provenance.locator}}
        return RunStarted(
            settings=merge_layers(self.settings.as_dict(), opens_again),
            parts={kind: choice.provided.record() for kind, choice in self.settings.parts.items()},
            provenance=provenance.as_dict(),
            environment=environment(self._device),
            plan=self.plan,
            first_step=self._trainer.stepper.step,
            files={TOKENIZER: state.encode()},
        )

    def _write_sample(self, should_stop: Callable[[], bool]) -> None:
        if not self.settings.sample.length:
            return
        if self._trainer.best_file is not None:
            self._model.load_state_dict(unpack(self._trainer.best_file))
        pieces = write(
            decoder=ModuleDecoder(self._model, self._material.tokenizer.vocab_size),
            tokenizer=self._material.tokenizer,
            sampler=self._sampler,
            prompt=self.prompt,
            length=self.settings.sample.length,
            seed=self.settings.seed,
            device=self._device,
        )
        text = "".join(piece for (piece,) in takewhile(lambda _: not should_stop(), pieces))
        self._hook.textgen_sample(event=SampleWritten(self.prompt, text))

    def _finish(self, status: Status, reason: str) -> RunFinished:
        event = RunFinished(
            status, self._trainer.stepper.step, self._trainer.progress.summary(), reason
        )
        self._hook.textgen_run_finished(event=event)
        return event


def _notes_on_batches(sequences: int, asked: int) -> list[str]:
    if sequences == asked:
        return []
    return [f"the text is short: {sequences} sequences are read at a time, not {asked}"]
