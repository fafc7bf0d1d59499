"""The distinct characters of a corpus, numbered in the order of their code points.

What the tokenizers share that can write any text in characters. Knows nothing of words. Text is
looked up in a table with one entry per code point, block by block, which keeps the work inside the
processor's cache and the memory bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textgen import TokenizerError
from textgen_plugins.tokenizers.id_rows import TokenIds, type_for
from textgen_plugins.tokenizers.options import CharOptions
from textgen_plugins.tokenizers.preparing import prepare
from textgen_plugins.tokenizers.unknown_characters import unknown_error

_CODE_POINTS = 0x110000
_BLOCK = 1 << 16


class Characters:
    """Characters and their ids, 0 … C-1."""

    def __init__(self, owner: str, options: CharOptions) -> None:
        """Know no character yet.

        Args:
            owner: The name of the tokenizer that they belong to, for messages.
            options: What is done to text first, and what with unknown characters.
        """
        self._owner, self._options = owner, options
        self._seen = np.zeros(_CODE_POINTS, dtype=np.bool_)
        self._adopt(np.empty(0, dtype=np.uint32))

    def __len__(self) -> int:
        return len(self._alphabet)

    def __iter__(self) -> Iterator[str]:
        return iter(_text_of(self._alphabet))

    @property
    def stand_in(self) -> int | None:
        """The id of what replaces unknown characters; None where they are refused."""
        if self._options.unknown == "error" or not len(self):
            return None
        return int(self._table[ord(self._options.replacement)])

    def look_at(self, prepared: str) -> None:
        """Notice the characters of a text, to be known after `settle`."""
        for codes in _code_blocks(prepared):
            self._seen[codes] = True

    def settle(self) -> None:
        """Know the characters that were noticed.

        Raises:
            TokenizerError: There was none.
        """
        if not self._seen.any():
            raise TokenizerError(
                f"tokenizer {self._owner!r}: the corpus is empty, and a vocabulary needs a "
                "character. Choose another --source."
            )
        if self._options.unknown == "replace":
            self._seen[ord(self._options.replacement)] = True
        self._adopt(np.flatnonzero(self._seen).astype(np.uint32))
        self._seen[:] = False

    def ids(self, text: str) -> TokenIds:
        """Return the ids of ``text``, in the smallest unsigned type that holds them.

        Raises:
            TokenizerError: A character is not known, and unknown ones are refused.
        """
        prepared = prepare(text, self._options)
        ids = np.empty(len(prepared), dtype=type_for(len(self)))
        start = 0
        for codes in _code_blocks(prepared):
            found = self._table[codes]
            if found.max() == len(self):
                raise self.unknown_in(text)
            ids[start : start + len(codes)] = found
            start += len(codes)
        return ids

    def unknown_in(self, text: str) -> TokenizerError:
        """Return the error that names what is unknown in a text, by its places there."""
        codes = np.concatenate(list(_code_blocks(prepare(text, self._options))))
        unknown = self._table[codes] == len(self)
        return unknown_error(self._owner, len(self), text, self._options, unknown)

    def text(self, ids: TokenIds) -> str:
        """Return the characters that some ids stand for."""
        return _text_of(self._alphabet[ids])

    def state(self) -> dict[str, Any]:
        """Return the characters as code points, which JSON keeps exactly for any of them."""
        return {"code_points": self._alphabet.tolist()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` returned.

        Raises:
            TokenizerError: The state is damaged, or lacks the replacement that is set.
        """
        points = _alphabet_in(state)
        if points is None:
            raise TokenizerError(
                f"tokenizer {self._owner!r}: its stored state is damaged: 'code_points' must be "
                f"ascending whole numbers from 0 to {_CODE_POINTS - 1}. Restore the file, or train "
                "again."
            )
        replacement = self._options.replacement
        if self._options.unknown == "replace" and ord(replacement) not in points:
            raise TokenizerError(
                f"tokenizer {self._owner!r}: replacement {replacement!r} is not in the stored "
                "vocabulary, which cannot grow any more. "
                "Choose a character of it: --set tokenizer.replacement=CHARACTER"
            )
        self._adopt(np.array(points, dtype=np.uint32))

    def _adopt(self, alphabet: NDArray[np.uint32]) -> None:
        """Set the characters and the table of ids; what is unknown gets C or the replacement."""
        size = len(alphabet)
        table = np.full(_CODE_POINTS, size, dtype=np.min_scalar_type(size))
        table[alphabet] = np.arange(size)
        if self._options.unknown == "replace" and size:
            table[table == size] = table[ord(self._options.replacement)]
        self._alphabet = alphabet
        self._table = table


def _code_blocks(text: str) -> Iterator[NDArray[np.uint32]]:
    """Yield the code points of ``text``, at most `_BLOCK` at a time."""
    for start in range(0, len(text), _BLOCK):
        block = text[start : start + _BLOCK].encode("utf-32-le", errors="surrogatepass")
        yield np.frombuffer(block, dtype="<u4")


def _text_of(codes: NDArray[np.uint32]) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", errors="surrogatepass")


def _alphabet_in(state: Mapping[str, Any]) -> list[int] | None:
    """Return the code points of a stored vocabulary: some, ascending, each once; else None."""
    points = state.get("code_points")
    if not isinstance(points, list) or not points:
        return None
    if any(type(point) is not int for point in points):
        return None
    ascending = all(low < high for low, high in pairwise(points))
    return points if ascending and points[0] >= 0 and points[-1] < _CODE_POINTS else None
