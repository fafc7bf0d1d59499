"""The built-in recipes: what a run does when nothing is said, and what the tutorial does."""

from __future__ import annotations

from textgen import Recipe

DEFAULT = Recipe(
    "default",
    summary="readable English in about two minutes on two cores",
    settings={
        "source": "pydoc:topics",
        "tokenizer": "char",
        "model": "lstm-stacked",
        "sampler": "stateful",
    },
)

TUTORIAL = Recipe(
    "tutorial",
    summary="the tutorial's character LSTM: windows of 100, only the last step scored, argmax",
    settings={
        "source": "gutenberg:alice",
        "tokenizer": {"use": "char", "lowercase": True},
        "model": {"use": "lstm-stacked", "hidden_size": 256, "dropout": 0.2, "input": "scalar"},
        "sampler": {"use": "sliding-window", "window": 100, "temperature": 0.0},
        "training": {
            "objective": "last-step",
            "batching": "windows",
            "batch_size": 128,
            "sequence_length": 100,
            "stride": 1,
            "epochs": 40,
            "learning_rate": 1e-3,
            "schedule": "constant",
            "warmup": 0.0,
            "weight_decay": 0.0,
            "clip": 0.0,
            "reduction": "sum",
            "precision": "fp32",
            "validation_fraction": 0.0,
            "evaluate_every": 1.0,
        },
        "sample": {"length": 1000},
    },
)
