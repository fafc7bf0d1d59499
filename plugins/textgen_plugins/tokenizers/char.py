"""The tokenizer whose tokens are characters: Unicode code points, numbered in their own order.

Knows nothing of models. Text is looked up in a table with one entry per code point, block by
block, which keeps the work inside the processor's cache and the memory bounded.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textgen import TokenizerError
from textgen_plugins.tokenizers.options import CharOptions

_CODE_POINTS = 0x110000
_BLOCK = 1 << 16
_CHARACTERS_NAMED = 5
_PLACES_NAMED = 3
_BEGINNING_SHOWN = 30

TokenIds = NDArray[np.integer[Any]]


class CharTokenizer:
    """Characters to ids 0 … V-1, in the order of their code points."""

    def __init__(self, options: CharOptions) -> None:
        self._options = options
        self._adopt(np.empty(0, dtype=np.uint32))

    @property
    def vocab_size(self) -> int:
        """V, the number of distinct characters."""
        return len(self._alphabet)

    def learn(self, chunks: Iterable[str]) -> None:
        """Collect the distinct characters of the corpus.

        Raises:
            TokenizerError: The corpus holds no character.
        """
        seen = np.zeros(_CODE_POINTS, dtype=np.bool_)
        for chunk in chunks:
            for codes in _code_blocks(self._prepare(chunk)):
                seen[codes] = True
        if not seen.any():
            raise TokenizerError(
                "tokenizer 'char': the corpus is empty, and a vocabulary needs a character. "
                "Choose another --source."
            )
        if self._options.unknown == "replace":
            seen[ord(self._options.replacement)] = True
        self._adopt(np.flatnonzero(seen).astype(np.uint32))

    def encode(self, text: str) -> TokenIds:
        """Return the ids of ``text`` in the smallest unsigned type that holds the vocabulary.

        Raises:
            TokenizerError: A character is not in the vocabulary and ``unknown`` is ``error``.
        """
        prepared = self._prepare(text)
        ids = np.empty(len(prepared), dtype=np.min_scalar_type(max(self.vocab_size - 1, 0)))
        start = 0
        for codes in _code_blocks(prepared):
            found = self._table[codes]
            if found.max() == self.vocab_size:
                raise TokenizerError(self._name_unknown(text))
            ids[start : start + len(codes)] = found
            start += len(codes)
        return ids

    def decode(self, ids: TokenIds) -> str:
        """Return the text of ``ids``.

        Raises:
            TokenizerError: ``ids`` is not a row of whole numbers from 0 to V-1.
        """
        row = np.asarray(ids)
        if row.size == 0:
            return ""
        if row.ndim != 1 or row.dtype.kind not in "iu":
            raise TokenizerError(
                f"tokenizer 'char': asked to decode {row.dtype} of shape {row.shape}; "
                "token ids are one row of whole numbers."
            )
        low, high = int(row.min()), int(row.max())
        if low < 0 or high >= self.vocab_size:
            wrong = low if low < 0 else high
            raise TokenizerError(
                f"tokenizer 'char': token id {wrong} is outside the vocabulary, "
                f"0 to {self.vocab_size - 1}. Was the model trained with another tokenizer?"
            )
        return _text_of(self._alphabet[row])

    def state(self) -> dict[str, Any]:
        """Return the vocabulary as code points, which JSON keeps exactly for any character."""
        return {"code_points": self._alphabet.tolist()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` returned.

        Raises:
            TokenizerError: The state is damaged, or lacks the replacement that is set.
        """
        points = _alphabet_in(state)
        if points is None:
            raise TokenizerError(
                "tokenizer 'char': its stored state is damaged: 'code_points' must be ascending "
                f"whole numbers from 0 to {_CODE_POINTS - 1}. Restore the file, or train again."
            )
        replacement = self._options.replacement
        if self._options.unknown == "replace" and ord(replacement) not in points:
            raise TokenizerError(
                f"tokenizer 'char': replacement {replacement!r} is not in the stored vocabulary, "
                "which cannot grow any more. "
                "Choose a character of it: --set tokenizer.replacement=CHARACTER"
            )
        self._adopt(np.array(points, dtype=np.uint32))

    def _prepare(self, text: str) -> str:
        return text.lower() if self._options.lowercase else text

    def _adopt(self, alphabet: NDArray[np.uint32]) -> None:
        """Set the vocabulary and the table of ids; what is unknown gets V or the replacement."""
        size = len(alphabet)
        table = np.full(_CODE_POINTS, size, dtype=np.min_scalar_type(size))
        table[alphabet] = np.arange(size)
        if self._options.unknown == "replace" and size:
            table[table == size] = table[ord(self._options.replacement)]
        self._alphabet = alphabet
        self._table = table

    def _name_unknown(self, text: str) -> str:
        """Name what is unknown by its places in ``text``, the one that the caller knows."""
        prepared = self._prepare(text)
        codes = np.concatenate(list(_code_blocks(prepared)))
        unknown = np.flatnonzero(self._table[codes] == self.vocab_size)
        codes, places = codes[unknown], _before_lowering(unknown, text, prepared)
        distinct = np.unique(codes)
        named = [
            _describe(int(code), places[codes == code]) for code in distinct[:_CHARACTERS_NAMED]
        ]
        if len(distinct) > _CHARACTERS_NAMED:
            named.append(f"and {len(distinct) - _CHARACTERS_NAMED} more")
        characters = "a character" if len(distinct) == 1 else f"{len(distinct)} characters"
        return (
            f"tokenizer 'char': the text has {characters} outside the vocabulary of "
            f"{self.vocab_size}: {'; '.join(named)}; places count from 0 in {_quoted(text)}. "
            "Leave out what is unknown, or have it read as another character: "
            "--set tokenizer.unknown=replace --set tokenizer.replacement=CHARACTER"
        )


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


def _before_lowering(places: NDArray[np.intp], text: str, lowered: str) -> NDArray[np.intp]:
    """Return where in ``text`` the characters at ``places`` of its lower case came from.

    Lower case can be longer: that of İ is an i and a combining dot.
    """
    if len(lowered) == len(text):
        return places
    lengths = np.fromiter((len(character.lower()) for character in text), np.intp, len(text))
    return np.repeat(np.arange(len(text)), lengths)[places]


def _describe(code: int, places: NDArray[np.intp]) -> str:
    name, count = unicodedata.name(chr(code), ""), len(places)
    shown = ", ".join(str(place) for place in places[:_PLACES_NAMED])
    more = ", …" if count > _PLACES_NAMED else ""
    return f"U+{code:04X} {chr(code)!r}{' ' + name if name else ''} at {shown}{more} ({count}×)"


def _quoted(text: str) -> str:
    """Return a text as a message quotes it: whole, or by its beginning."""
    if len(text) <= _BEGINNING_SHOWN:
        return repr(text)
    return f"the text that begins {text[:_BEGINNING_SHOWN]!r}"
