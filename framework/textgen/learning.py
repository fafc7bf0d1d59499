"""Chooses how a model learns: step by step along gradients, or in one step, by fitting itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from textgen.advice import notes_on_batches
from textgen.components import Kind
from textgen.data.batches import Batches
from textgen.data.material import Material
from textgen.events import Plan
from textgen.parts import SelfFitting
from textgen.pipeline import build_batches
from textgen.settings import RunSettings
from textgen.training.course import Course, Track, plan_course
from textgen.training.estimate import Estimate, rehearse
from textgen.training.fitting import Fitting
from textgen.training.loop import Measure
from textgen.training.memory import has_room_for_copy
from textgen.training.randomness import undisturbed
from textgen.training.stepper import Stepper
from textgen.training.steps import TakesSteps
from textgen.trial import fitting_precision


class Learning(NamedTuple):
    """How a run's model learns.

    Attributes:
        stepper: Takes the steps.
        course: How many, and when the run looks at itself.
        parameters: Numbers that the steps set; None where only they decide how many.
        notes: What the user should know.
    """

    stepper: TakesSteps
    course: Course
    parameters: int | None
    notes: list[str]

    def along(self, track: Track) -> Learning:
        """Return it on a course that repeats what another run did, whatever the clock says."""
        return self._replace(course=replace(self.course, track=track, max_seconds=None))


def plan_learning(
    settings: RunSettings,
    model: nn.Module,
    tokens: Tensor,
    material: Material,
    evaluation_tokens: int,
) -> Learning:
    """Return how ``model`` learns from the training part of a corpus.

    Args:
        settings: The run's settings.
        model: The model, as it was built.
        tokens: The corpus's ids, ``[N]``, on the model's device.
        material: The corpus, and how it is divided.
        evaluation_tokens: Tokens that one evaluation scores.

    Raises:
        PluginError: The model has nothing to train and no ``fit``.
        CorpusError: The text is too short for a window.
        DeviceError: The device cannot train in the precision asked for.
    """
    training = tokens[: material.split.validation]
    if any(weight.requires_grad for weight in model.parameters()):
        batches = build_batches(
            settings.training,
            training,
            settings.seed,
            material.training_documents,
            material.tokens.let_go,
        )
        return _by_gradients(settings, model, batches, evaluation_tokens)
    if isinstance(model, SelfFitting):
        course = Course(steps=1, steps_per_epoch=1, evaluate_every=1, tokens_per_step=len(training))
        return Learning(Fitting(model, model.fit, training), course, None, [])
    raise settings.parts[Kind.MODEL].broken("it has no weights to train and no method fit(tokens)")


def plan_of(learning: Learning, material: Material, device: torch.device) -> Plan:
    """Return what a run is about to do, as it is announced."""
    course, split = learning.course, material.split
    return Plan(
        steps=course.steps,
        steps_per_epoch=course.steps_per_epoch,
        tokens_per_step=course.tokens_per_step,
        training_tokens=split.validation,
        validation_tokens=split.test - split.validation,
        test_tokens=split.end - split.test,
        vocab_size=material.tokenizer.vocab_size,
        parameters=learning.parameters,
        device=str(device),
        max_seconds=course.max_seconds,
    )


def rehearse_learning(
    learning: Learning,
    measure_of: Callable[[nn.Module], Measure],
    device: torch.device,
    tokens: int,
) -> tuple[Estimate | None, list[str]]:
    """Estimate what steps along gradients take, on a copy of the model.

    Args:
        learning: How the model learns; at least a step is left.
        measure_of: Returns what evaluates a model.
        device: Where the model is.
        tokens: Bytes that the corpus takes there.

    Returns:
        The estimate and what the user should know. There is no estimate for a model that fits
        itself, or that cannot be copied.

    Raises:
        TrainingError: There is too little memory.
    """
    stepper = learning.stepper
    if not isinstance(stepper, Stepper) or not has_room_for_copy(stepper.model, device):
        return None, []
    with undisturbed(device):
        try:
            copy = stepper.copy()
        except Exception:  # whatever a model holds that cannot be copied, it can be trained
            return None, []
        return rehearse(copy, learning.course, measure_of(copy.model), device, tokens)


def _by_gradients(
    settings: RunSettings, model: nn.Module, batches: Batches, evaluation_tokens: int
) -> Learning:
    options = settings.training
    course = plan_course(options, batches, evaluation_tokens)
    precision, notes = fitting_precision(settings, model)
    stepper = Stepper(model, batches, steps=course.steps, options=options, precision=precision)
    weights = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    notes = [*notes_on_batches(batches, options.batch_size), *notes]
    return Learning(stepper, course, weights, notes)
