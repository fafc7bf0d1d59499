"""What pages of a comparison say in words: what equal cost is, and what does not compare."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from textgen.cli.display import duration, figure
from textgen.cli.texts import on_a_page
from textgen.cli.values import shown
from textgen_registry import Comparison, EqualCost
from textgen_registry.comparison.equal_cost import Cost

METRICS = {
    "bits_per_char": "held-out loss, bits per character",
    "validation_loss": "held-out loss, nats per token",
    "perplexity": "held-out perplexity, per token",
    "train_loss": "training loss, nats per token",
    "training_text_loss": "loss on the training text, nats per token",
}
"""What the framework's own figures are, for people."""

COSTS: Mapping[Cost, str] = {"tokens": "training tokens", "seconds": "seconds of training"}

EQUAL_COST = "Read there, or on the straight line between the evaluations before and after."

_HASH = re.compile(r"[0-9a-f]{64}")
_SHORT = 12  # characters of a hash: enough to tell it from others
_MACHINE = {f"environment.{key}" for key in ("device", "device_name", "threads", "platform")}


def rank(metric: str) -> int:
    """Return where a metric stands among others: the framework's own come first."""
    return list(METRICS).index(metric) if metric in METRICS else len(METRICS)


def metric_to_draw(comparison: Comparison) -> str:
    """Return which held-out figure compares best: the loss, where all have the same tokens."""
    return "validation_loss" if comparison.ground.same_tokens else "bits_per_char"


def setting_in_words(value: object) -> str:
    """Return a setting as a cell shows it; a checksum is shortened."""
    text = on_a_page(figure(shown(value)))
    return f"{text[:_SHORT]}…" if _HASH.fullmatch(text) else text


def cost_in_words(item: EqualCost) -> str:
    """Return where runs are compared at equal cost."""
    who = "all runs" if None not in item.spent else "all runs with figures here"
    if item.cost == "tokens":
        return f"after {item.limit:,.0f} training tokens, which {who} saw"
    return f"after {seconds(item.limit)} of training, which {who} had"


def spent_in_words(item: EqualCost) -> list[str]:
    """Return what each run had spent at its last evaluation until then."""
    tokens = item.cost == "tokens"
    return [
        "–" if amount is None else f"{amount:,.0f}" if tokens else seconds(amount)
        for amount in item.spent
    ]


def steps_in_words(item: EqualCost) -> list[str]:
    """Return after which step that evaluation was."""
    return ["–" if step is None else f"{step:,}" for step in item.steps]


def reservations(comparison: Comparison) -> Iterator[str]:
    """Yield what a reader should know before ranking these runs."""
    if not comparison.ground.same_text:
        yield (
            "The runs read different texts, or held out different parts: their figures do not "
            "compare, and none is marked as the best."
        )
    elif not comparison.ground.same_tokens:
        yield (
            "The runs read the same text in different tokens: only bits per character compare; "
            "of losses per token none is marked as the best."
        )
    if _MACHINE & {setting.key for setting in comparison.settings}:
        yield "The runs were trained on different machines: their seconds are not the same seconds."


def seconds(amount: float) -> str:
    """Return a time of training: exact where it is short."""
    return f"{amount:.3g} s" if amount < 100 else duration(amount)


def capital(words: str) -> str:
    """Return words as the beginning of a line."""
    return words[:1].upper() + words[1:]
