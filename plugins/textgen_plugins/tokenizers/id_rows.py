"""Rows of token ids: the smallest type for a vocabulary, and what is refused when decoding."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from textgen import TokenizerError

TokenIds = NDArray[np.integer[Any]]


def type_for(vocab_size: int) -> DTypeLike:
    """Return the smallest unsigned type that holds the ids 0 … ``vocab_size`` - 1."""
    return np.min_scalar_type(max(vocab_size - 1, 0))


def checked(ids: ArrayLike, vocab_size: int, owner: str) -> TokenIds:
    """Return ``ids`` as an array, one row; one without any ids is an empty row of any type.

    Args:
        ids: What is to be decoded.
        vocab_size: V.
        owner: The tokenizer's name, for the message.

    Raises:
        TokenizerError: It is not a row of whole numbers from 0 to V-1.
    """
    row = np.asarray(ids)
    if row.size == 0:
        return np.empty(0, dtype=np.uint8)
    if row.ndim != 1 or row.dtype.kind not in "iu":
        raise TokenizerError(
            f"tokenizer {owner!r}: asked to decode {row.dtype} of shape {row.shape}; "
            "token ids are one row of whole numbers."
        )
    low, high = int(row.min()), int(row.max())
    if low < 0 or high >= vocab_size:
        wrong = low if low < 0 else high
        raise TokenizerError(
            f"tokenizer {owner!r}: token id {wrong} is outside the vocabulary, "
            f"0 to {vocab_size - 1}. Was the model trained with another tokenizer?"
        )
    return row
