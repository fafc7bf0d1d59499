"""What happens during a run, as the values that event hooks receive.

The training loop announces these and knows none of its listeners: the registry's recorder, the
progress bar and any exporter listen to the same ones. Only plain values and bytes travel here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["finished", "interrupted", "failed"]
Activity = Literal["training", "evaluating"]


@dataclass(frozen=True)
class Plan:
    """What a run is about to do.

    Attributes:
        steps: Optimiser steps in all.
        steps_per_epoch: Steps in one pass over the training text.
        tokens_per_step: Predictions scored in one step.
        training_tokens: Tokens in the training part.
        validation_tokens: Tokens held out.
        test_tokens: Tokens behind them, kept for the very end.
        vocab_size: V.
        parameters: Trainable parameters of the model; None for one that fits itself, whose
            number of parameters is measured after its fit.
        device: Where it runs ("cpu", "cuda:0").
        max_seconds: Where time ends a session of training; None for no limit.
    """

    steps: int
    steps_per_epoch: int
    tokens_per_step: int
    training_tokens: int
    validation_tokens: int
    vocab_size: int
    parameters: int | None
    device: str
    max_seconds: float | None = None
    test_tokens: int = 0


@dataclass(frozen=True)
class RunStarted:
    """A run, new or resumed, is about to take its first step.

    Attributes:
        settings: The whole configuration, every default filled in.
        parts: For each kind, the part's ``name``, ``plugin``, ``package`` and ``version``, and the
            ``options_sha256`` of its options.
        provenance: `Provenance.as_dict` of the corpus.
        environment: Versions, device and threads that the result depends on.
        plan: What will be done.
        first_step: Steps already taken: 0 unless resumed.
        files: Files to keep from the start, by name: the tokenizer's state.
        prompt: What the sample will continue.
    """

    settings: Mapping[str, Any]
    parts: Mapping[str, Mapping[str, str]]
    provenance: Mapping[str, Any]
    environment: Mapping[str, Any]
    plan: Plan
    first_step: int
    files: Mapping[str, bytes]
    prompt: str = ""


@dataclass(frozen=True)
class Progress:
    """Some steps were taken; announced often, for displays rather than records.

    Attributes:
        step: Steps taken since the run began.
        loss: Training loss of the last step, in nats per token; None for a model that fits itself.
        tokens_per_second: Predictions per second of late, evaluations left out; 0 at first.
        activity: What goes on now.
        part_done: Of an evaluation, how much is done, from 0 to 1.
    """

    step: int
    loss: float | None
    tokens_per_second: float
    activity: Activity = "training"
    part_done: float = 0.0


@dataclass(frozen=True)
class Metrics:
    """Figures measured after ``step`` steps, by name.

    ``train_loss`` and ``validation_loss`` are in nats per token, ``bits_per_char`` is held-out,
    ``learning_rate`` as used, ``seconds`` of training so far, evaluations included. ``parameters``
    is how many numbers a model that fits itself holds after its fit.
    """

    step: int
    epoch: float
    values: Mapping[str, float]


@dataclass(frozen=True)
class Checkpoint:
    """Files that together let a run be used or resumed, as they stand after ``step`` steps.

    Attributes:
        step: Steps taken.
        files: Contents by file name: ``last.safetensors`` (everything that training needs to go
            on), and ``best.safetensors`` (weights alone) where the held-out loss improved.
        summary: Figures so far, as in `RunFinished`.
    """

    step: int
    files: Mapping[str, bytes]
    summary: Mapping[str, float | None]


@dataclass(frozen=True)
class RunFinished:
    """A run has ended, whichever way.

    Attributes:
        status: How it ended.
        step: Steps taken.
        summary: ``best_loss`` (held-out nats per token) and ``bits_per_char``, both None without
            a held-out part; ``best_step``; ``seconds`` of training; all figures at the best step.
        reason: Why it ended, in words: "all steps taken", an error's message.
    """

    status: Status
    step: int
    summary: Mapping[str, float | None]
    reason: str


@dataclass(frozen=True)
class SampleWritten:
    """A finished run has shown what it can write.

    Attributes:
        prompt: The text it was given.
        text: What it wrote after the prompt.
    """

    prompt: str
    text: str


Event = RunStarted | Progress | Metrics | Checkpoint | SampleWritten | RunFinished
