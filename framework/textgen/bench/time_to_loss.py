"""How long training takes until the loss that the tutorial's recipe has after 26 epochs.

The recipe's metric is the loss of predicting the character behind each window of 100 from a zero
state, over the training text. Its own time is that of an epoch, with the evaluation that is a part
of it, times 26. textgen's is that of the steps of a training whose length was chosen so that it
ends below that loss; the time with capture and one evaluation is told beside it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import torch

from textgen.bench.measuring import Row, Stopwatch
from textgen.bench.plain import WINDOW, tutorial_steps
from textgen.data.material import Material
from textgen.errors import TrainingError
from textgen.pipeline import build_batches, build_model
from textgen.settings import RunSettings
from textgen.training.evaluation import Span, evaluate
from textgen.training.precision import resolve_precision
from textgen.training.stepper import Stepper

TARGET = 1.234
EPOCHS = 26
_RECIPE_BATCH = 128
_SHARED = {
    "schedule": "linear",
    "beta1": 0.85,
    "beta2": 0.95,
    "warmup": 0.05,
    "final_learning_rate": 0.0,
    "weight_decay": 0.0,
    "validation_fraction": 0.0,
}
_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "cpu": {"batch_size": 32, "sequence_length": 32, "learning_rate": 0.012},
    "cuda": {"batch_size": 256, "sequence_length": 32, "learning_rate": 0.024},
}
_STEPS = {"cpu": 700, "cuda": 200}


def settings_for(device: torch.device) -> dict[str, Any]:
    """Return what the run differs in from the default recipe."""
    kind = device.type if device.type in _SETTINGS else "cpu"
    steps = _STEPS[kind] * _SETTINGS[kind]["batch_size"] * _SETTINGS[kind]["sequence_length"]
    return {
        "tokenizer": {"lowercase": True},
        "model": {"dropout": 0.0},
        "training": {**_SHARED, **_SETTINGS[kind], "predictions": steps},
    }


def time_to_loss(settings: RunSettings, material: Material, watch: Stopwatch) -> Row:
    """Compare the recipe's time with textgen's.

    Raises:
        TrainingError: textgen did not reach the loss.
    """
    tokens = material.tokens.on(watch.device)
    vocab_size = material.tokenizer.vocab_size
    recipe = EPOCHS * _seconds_per_epoch(tokens, vocab_size, watch)
    seconds, whole, loss = _train(settings, tokens, vocab_size, watch)
    if loss > TARGET:
        raise TrainingError(
            f"time-to-loss: the loss was {loss:.3f} after {seconds:.2f} s, above the {TARGET} that "
            "the recipe reaches. Is the text Alice in Wonderland? See docs/benchmarks.md."
        )
    what = (
        f"the tutorial's recipe to {TARGET} nats/char; textgen to {loss:.3f}, "
        f"with capture and an evaluation {whole:.3g} s"
    )
    return Row("time-to-loss", recipe, seconds, "s", recipe / seconds, what)


def _seconds_per_epoch(tokens: torch.Tensor, vocab_size: int, watch: Stopwatch) -> float:
    train, assess = tutorial_steps(tokens, vocab_size, _RECIPE_BATCH)
    training, assessing = watch.compare(train, assess)
    steps = -(-(len(tokens) - WINDOW) // _RECIPE_BATCH)
    return steps / training + steps / assessing


def _train(
    settings: RunSettings, tokens: torch.Tensor, vocab_size: int, watch: Stopwatch
) -> tuple[float, float, float]:
    """Return the seconds of training, those of all that a run does, and the loss."""
    options = settings.training
    model = build_model(settings, vocab_size, watch.device)
    batches = build_batches(options, tokens, settings.seed)
    steps = options.predictions // (batches.sequences * options.sequence_length)
    precision = resolve_precision(options.precision, watch.device)
    stepper = Stepper(model, batches, steps=steps, options=options, precision=precision)
    stepper.model.train()
    entered = time.perf_counter()
    stepper.capture()
    watch.wait()
    begun = time.perf_counter()
    for _ in range(steps):
        stepper.take()
    watch.wait()
    seconds = time.perf_counter() - begun
    score = evaluate(
        model, tokens, spans=[Span(0, WINDOW, len(tokens))], way="windows", window=WINDOW
    )
    assert score is not None  # nothing asked it to stop
    return seconds, time.perf_counter() - entered, score.loss
