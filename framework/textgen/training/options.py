"""The settings under ``training.`` and ``sample.``; imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import model_validator

from textgen.options import Options, option

LONGEST_TEXT = 10**12
"""Tokens; at a hundred thousand a second a text of so many takes four months to write."""

_MOST_EPOCHS, _MOST_PREDICTIONS = 10**12, 10**18  # nothing comes to the end of more, on any machine


class TrainingOptions(Options):
    """How a model is trained, set by ``--set training.NAME=VALUE``."""

    objective: Literal["all-steps", "last-step"] = option(
        "all-steps", "score every position of a sequence, or only the last (as the tutorial does)"
    )
    batching: Literal["streams", "windows"] = option(
        "streams", "read contiguous streams and carry the state, or shuffled windows"
    )
    batch_size: int = option(16, "streams or windows per step", unit="sequences", ge=1)
    sequence_length: int = option(
        64, "length of a window; truncation of backpropagation in streams", unit="tokens", ge=1
    )
    stride: int | None = option(
        None,
        "distance between windows; none: the sequence length, or 1 for last-step",
        unit="tokens",
        ge=1,
    )
    epochs: int | None = option(
        None,
        "passes over the training text; none: as many as `predictions` needs",
        ge=1,
        le=_MOST_EPOCHS,
    )
    predictions: int = option(
        2_000_000,
        "tokens to score in all when `epochs` is not set",
        unit="tokens",
        ge=1,
        le=_MOST_PREDICTIONS,
    )
    max_seconds: float | None = option(
        None, "stop after the step that passes this time", unit="seconds", gt=0
    )
    learning_rate: float = option(3e-3, "AdamW's highest learning rate", gt=0)
    schedule: Literal["cosine", "linear", "constant"] = option(
        "cosine", "how the learning rate falls after the warm-up"
    )
    warmup: float = option(
        0.02, "part of all steps in which the learning rate rises", ge=0, le=1, unit="fraction"
    )
    final_learning_rate: float = option(
        0.05, "where it ends, relative to the highest", ge=0, le=1, unit="fraction"
    )
    beta1: float = option(0.9, "AdamW's decay of the mean gradient", ge=0, lt=1)
    beta2: float = option(0.999, "AdamW's decay of the mean squared gradient", ge=0, lt=1)
    weight_decay: float = option(0.01, "AdamW's decay of weight matrices (never of biases)", ge=0)
    clip: float = option(1.0, "largest norm of the gradient; 0 leaves it alone", ge=0)
    reduction: Literal["mean", "sum"] = option(
        "mean", "how a step's cross-entropies become its loss"
    )
    precision: Literal["auto", "fp32", "bf16", "fp16"] = option(
        "auto", "type to multiply in; auto: fp16 on a GPU, bf16 where the processor has it"
    )
    capture: bool = option(True, "on CUDA, launch each step as one recorded graph")
    validation_fraction: float = option(
        0.1, "part of the text, at its end, that is held out", ge=0, lt=1, unit="fraction"
    )
    test_fraction: float = option(
        0.0,
        "part of the text, behind what is held out, that only `textgen evaluate --part test` reads",
        ge=0,
        lt=1,
        unit="fraction",
    )
    split: Literal["part", "documents"] = option(
        "part", "divide the text at a token, or at the nearest border between documents"
    )
    within_documents: bool = option(
        False, "no window reaches from one document into the next, in evaluations neither"
    )
    evaluation_tokens: int | None = option(
        1_000_000, "score no more than so many tokens, the first; none: all", unit="tokens", ge=1
    )
    evaluate_every: float | None = option(
        None, "distance of evaluations; none: chosen by cost", unit="epochs", gt=0
    )
    patience: int | None = option(
        None, "stop after this many evaluations in a row without a better one", ge=1
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.objective == "last-step" and self.batching == "streams":
            raise ValueError(
                "objective 'last-step' needs batching 'windows': a stream scores every position"
            )
        if self.within_documents and self.batching == "streams":
            raise ValueError(
                "within_documents needs batching 'windows': a stream carries its state on"
            )
        if self.validation_fraction + self.test_fraction >= 1:
            raise ValueError(
                "validation_fraction and test_fraction leave nothing to train on; together they "
                "must be less than 1"
            )
        return self


BEFORE = {"evaluation_tokens": None}
"""What runs did that record none of these options, as they are older: all else is the default."""


def shuffled_otherwise(recorded: Mapping[str, Any]) -> bool:
    """Tell by a run's recorded options whether its windows came in another order than today.

    A run that knows nothing of `within_documents` shuffled a list of its windows.
    """
    return recorded.get("batching") == "windows" and "within_documents" not in recorded


class SampleOptions(Options):
    """The text that a run writes when it is done, set by ``--set sample.NAME=VALUE``."""

    length: int = option(400, "tokens to write", unit="tokens", ge=0, le=LONGEST_TEXT)
    prompt: str | None = option(
        None, "what to continue; none: the last 100 tokens of the training text"
    )
