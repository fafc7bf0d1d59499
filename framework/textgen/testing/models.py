"""Rules of models as modules: what goes in and comes out, where weights come from, where they go.

Shapes: B sequences, T tokens, V tokens in the vocabulary.
"""

from __future__ import annotations

import itertools

import torch

from textgen.testing.modules import (
    LENGTH,
    ROWS,
    build,
    difference,
    read,
    ready,
    tokens_of,
)
from textgen.testing.rules import BrokenRule, NotApplicable, RuleBook, require
from textgen.testing.subjects import Subject
from textgen.training.checkpoints import pack, unpack

RULES = RuleBook()

_OTHER_SEED = 1_000_003
_GPU_TOLERANCE = 1e-2


@RULES.basic
def shapes(subject: Subject) -> None:
    """Tokens [B, T] become finite floating-point logits [B, T, V], for any B, T and V > 1."""
    for vocab_size in (2, 30):
        model = ready(subject, vocab_size)
        for rows, length in itertools.product((1, 3), (1, 2, LENGTH)):
            logits, _ = read(model, tokens_of(rows, length, vocab_size))
            expected, found = [rows, length, vocab_size], list(getattr(logits, "shape", ()))
            require(found == expected, f"logits have the shape {found}, not {expected}")
            require(logits.is_floating_point(), f"logits are of type {logits.dtype}")
            require(bool(logits.isfinite().all()), f"logits {expected} are not all finite")


@RULES
def seeded(subject: Subject) -> None:
    """The same seed gives the same weights, and so does the same text where it fits itself."""
    first, second = (ready(subject).state_dict() for _ in range(2))
    for name, weight in first.items():
        require(torch.equal(weight, second[name]), f"built twice from one seed, {name!r} differs")


@RULES
def save_and_load(subject: Subject) -> None:
    """All that it has learned is in its state_dict, and loads into one built from another seed."""
    model = ready(subject)
    saved = pack(dict(model.state_dict()))
    other = build(subject, seed=_OTHER_SEED)
    try:
        other.load_state_dict(unpack(saved))
    except RuntimeError as error:
        raise BrokenRule(f"its own state_dict does not load: {error}") from error
    tokens = tokens_of(ROWS, LENGTH)
    off = difference(read(other.eval(), tokens)[0], read(model, tokens)[0])
    require(not off, f"with the saved weights loaded, logits are off by {off:.2g}")


@RULES
def cpu_and_cuda_agree(subject: Subject) -> None:
    """Moved to a GPU, it gives the same logits but for rounding."""
    if not torch.cuda.is_available():
        raise NotApplicable("there is no CUDA GPU here")
    model, tokens = ready(subject), tokens_of(ROWS, LENGTH)
    expected, _ = read(model, tokens)
    found, _ = read(model.to("cuda"), tokens.to("cuda"))
    off = ((found.cpu() - expected).norm() / expected.norm()).item()
    require(off < _GPU_TOLERANCE, f"on the GPU, logits are off by {off:.2g} of their size")
