"""What an evaluation of a run measures: the held-out part, or the training text without one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor, nn

from textgen.data.tokens import TokenizedCorpus
from textgen.errors import CorpusError
from textgen.parts import Tokenizer
from textgen.training.evaluation import Way, bits_per_character, evaluate
from textgen.training.options import TrainingOptions


class Measured(NamedTuple):
    """An evaluation: the loss that decides which weights are best, and all figures to record."""

    loss: float
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Assessment:
    """Measures a model while it trains.

    Attributes:
        model: The model in training.
        tokens: All tokens, ``[N]``, on its device.
        begin: The first token to score.
        characters: How many characters the scored tokens stand for.
        held_out: Whether the scored tokens are held out from training.
        options: The training options.
        carries_state: Whether the model returns a state to go on from.
    """

    model: nn.Module
    tokens: Tensor
    begin: int
    characters: int
    held_out: bool
    options: TrainingOptions
    carries_state: bool

    @property
    def size(self) -> int:
        """Tokens that are scored."""
        return len(self.tokens) - self.begin

    def measure(
        self, should_stop: Callable[[float], bool] = lambda part_done: False
    ) -> Measured | None:
        """Evaluate the model as it is now.

        Args:
            should_stop: Asked between pieces, and told how much is done; True breaks it off.

        Returns:
            What was measured; None where it was broken off.
        """
        score = evaluate(
            self.model,
            self.tokens,
            begin=self.begin,
            way=self._way,
            window=self.options.sequence_length,
            should_stop=should_stop,
        )
        if score is None:
            return None
        if self.held_out:
            return Measured(score.loss, self._held_out_figures(score.loss))
        seen = {"training_text_loss": score.loss, "sum_cross_entropy": score.total}
        return Measured(score.loss, seen)

    @property
    def _way(self) -> Way:
        if self.options.objective == "last-step":
            return "windows"
        return "streams" if self.carries_state else "blocks"

    def _held_out_figures(self, loss: float) -> dict[str, float]:
        return {
            "validation_loss": loss,
            "bits_per_char": bits_per_character(loss, self.size, self.characters),
            "perplexity": math.exp(min(loss, 700.0)),
        }


def assessment_of(
    model: nn.Module,
    tokens: Tensor,
    corpus: TokenizedCorpus,
    tokenizer: Tokenizer,
    options: TrainingOptions,
    *,
    carries_state: bool,
) -> Assessment:
    """Return what measures ``model`` on the held-out part of a corpus, or on all without one.

    Args:
        model: The model.
        tokens: The corpus's ids, ``[N]``, on the model's device.
        corpus: Where the held-out part begins.
        tokenizer: Tells how many characters the tokens stand for.
        options: The training options.
        carries_state: Whether the model returns a state to go on from.

    Raises:
        CorpusError: There is nothing to score.
    """
    least = options.sequence_length if options.objective == "last-step" else 1
    held_out = corpus.split < len(corpus.ids)
    if options.validation_fraction > 0 and not held_out:
        raise CorpusError(
            f"the held-out part is empty: training.validation_fraction="
            f"{options.validation_fraction} of {len(corpus.ids)} tokens is less than one. "
            "Use a longer text, or --set training.validation_fraction=0."
        )
    begin = max(least, corpus.split) if held_out else least
    if begin >= len(corpus.ids):
        raise CorpusError(
            f"the text has {len(corpus.ids)} tokens: too few to score, which needs {least + 1}."
        )
    characters = len(tokenizer.decode(corpus.ids[begin:]))
    return Assessment(model, tokens, begin, characters, held_out, options, carries_state)
