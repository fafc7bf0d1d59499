"""What an evaluation of a run measures: the held-out part, or the training text without one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from textgen.data.material import Material
from textgen.data.splits import Split
from textgen.data.tokens import count_characters
from textgen.errors import CorpusError
from textgen.training.evaluation import Span, Way, bits_per_character, evaluate
from textgen.training.options import TrainingOptions

Part = Literal["training", "validation", "test"]


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
        spans: The tokens to score.
        left_out: How many more tokens of the part could be scored.
        out_of_reach: How many tokens of the part cannot be scored: too little of their text stands
            before them.
        characters: How many characters the scored tokens stand for.
        part: Which part they are of.
        options: The training options.
        carries_state: Whether the model returns a state to go on from.
    """

    model: nn.Module
    tokens: Tensor
    spans: Sequence[Span]
    left_out: int
    out_of_reach: int
    characters: int
    part: Part
    options: TrainingOptions
    carries_state: bool

    @property
    def size(self) -> int:
        """Tokens that are scored."""
        return _size(self.spans)

    @property
    def held_out(self) -> bool:
        """Whether the scored tokens are held out from training."""
        return self.part != "training"

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
            spans=self.spans,
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
    material: Material,
    options: TrainingOptions,
    *,
    carries_state: bool,
    part: Part | None = None,
    limited: bool = True,
) -> Assessment:
    """Return what measures ``model`` on a part of a corpus.

    Args:
        model: The model.
        tokens: The corpus's ids, ``[N]``, on the model's device.
        material: The corpus, and how it is divided.
        options: The training options.
        carries_state: Whether the model returns a state to go on from.
        part: Which part; None: the held-out one, or the training text where nothing is held out.
        limited: Whether training.evaluation_tokens says how much of it is scored.

    Raises:
        CorpusError: There is nothing to score.
    """
    part = part or ("validation" if options.validation_fraction > 0 else "training")
    whole = scorable(material, options, part)
    spans = list(_first(whole, options.evaluation_tokens if limited else None))
    begin, end = _bounds(material.split, part)
    left_out, out_of_reach = _size(whole) - _size(spans), end - begin - _size(whole)
    ids, tokenizer = material.tokens.ids, material.tokenizer
    characters = sum(count_characters(tokenizer, ids[span.begin : span.end]) for span in spans)
    return Assessment(
        model, tokens, spans, left_out, out_of_reach, characters, part, options, carries_state
    )


def scorable(material: Material, options: TrainingOptions, part: Part) -> Sequence[Span]:
    """Return all that can be scored of a part of a corpus.

    Raises:
        CorpusError: That is nothing.
    """
    begin, end = _bounds(material.split, part)
    if begin == end:
        raise CorpusError(
            f"there is no {part} part: training.{part}_fraction is 0. Begin a run with a larger "
            f"--set training.{part}_fraction."
        )
    least = options.sequence_length if options.objective == "last-step" else 1
    documents = material.tokens.documents if options.within_documents else np.zeros(1, np.int64)
    spans = list(_spans(documents, begin, end, least))
    if not spans:
        what = "text" if (begin, end) == (0, material.split.end) else f"{part} part"
        within = " in its document" if options.within_documents else ""
        shorter = ", or a shorter --set training.sequence_length" if least > 1 else ""
        raise CorpusError(
            f"the {what} cannot be scored: it has too few tokens ({end - begin:,}), as each is "
            f"predicted from {least:,} before it{within}. Use a longer text{shorter}."
        )
    return spans


def _size(spans: Iterable[Span]) -> int:
    return sum(span.end - span.begin for span in spans)


def _bounds(split: Split, part: Part) -> tuple[int, int]:
    begins = {"training": 0, "validation": split.validation, "test": split.test}
    ends = {"training": split.validation, "validation": split.test, "test": split.end}
    return begins[part], ends[part]


def _spans(documents: NDArray[np.int64], begin: int, end: int, least: int) -> Iterator[Span]:
    """Yield what can be scored of ``begin`` … ``end`` of each document that reaches into it."""
    first = int(np.searchsorted(documents, begin, side="right")) - 1
    last = int(np.searchsorted(documents, end))
    borders = [*documents[first:last].tolist(), end]
    for context, after in pairwise(borders):
        scored = max(begin, context + least)
        if scored < after:
            yield Span(context, scored, after)


def _first(spans: Iterable[Span], most: int | None) -> Iterator[Span]:
    """Yield the spans until ``most`` tokens are in them; None: all."""
    left = math.inf if most is None else most
    for span in spans:
        if left <= 0:
            return
        yield span._replace(end=int(min(span.end, span.begin + left)))
        left -= span.end - span.begin
