"""Which part of a corpus is trained on, which is held out, and which is kept for the very end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textgen.errors import CorpusError


class Split(NamedTuple):
    """Where the parts of N tokens lie: training, held out, test, in this order.

    Attributes:
        validation: Where the held-out part begins, and the training part ends.
        test: Where the test part begins, and the held-out part ends.
        end: N.
    """

    validation: int
    test: int
    end: int


def all_held_out(size: int) -> Split:
    """Return the split of a text of which nothing is trained on."""
    return Split(0, size, size)


def split_corpus(
    size: int,
    documents: NDArray[np.int64],
    *,
    validation_fraction: float,
    test_fraction: float = 0.0,
    whole_documents: bool = False,
) -> Split:
    """Divide a corpus at its end, so that every part is a view of it.

    Args:
        size: N.
        documents: Where documents begin, ``[D]``; the first is 0.
        validation_fraction: How much is held out.
        test_fraction: How much is kept for the very end.
        whole_documents: Whether to cut between documents only, where that is nearest.

    Raises:
        CorpusError: A part that is asked for would be empty, or there are too few documents to
            divide between them.
    """
    test = size - int(size * test_fraction)
    validation = test - int(size * validation_fraction)
    if not whole_documents:
        _require_a_token("validation_fraction", validation_fraction, test - validation, size)
        _require_a_token("test_fraction", test_fraction, size - test, size)
        return Split(validation, test, size)
    asked = [validation_fraction > 0, test_fraction > 0]
    if len(documents) <= sum(asked):
        raise CorpusError(
            "training.split=documents: each part needs a document, and the corpus has only "
            f"{len(documents)}. Name a source with more of them (a folder, several books), or use "
            "--set training.split=part."
        )
    borders = np.append(documents, size)
    last = len(documents) - asked[1]
    at_test = _nearest(borders, test, sum(asked), last) if asked[1] else len(documents)
    at_validation = _nearest(borders, validation, 1, at_test - 1) if asked[0] else at_test
    return Split(int(borders[at_validation]), int(borders[at_test]), size)


def _require_a_token(option: str, fraction: float, tokens: int, size: int) -> None:
    if fraction and not tokens:
        raise CorpusError(
            f"training.{option}={fraction} of {size:,} tokens is less than one. Use a longer text, "
            f"a larger fraction, or --set training.{option}=0."
        )


def _nearest(borders: NDArray[np.int64], place: int, first: int, last: int) -> int:
    """Return which of the borders ``first`` … ``last`` is nearest to a place."""
    return first + int(np.abs(borders[first : last + 1] - place).argmin())
