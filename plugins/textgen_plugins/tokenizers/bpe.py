"""The tokenizer whose tokens are pieces of words: byte-pair encoding, learned from the corpus.

Ids 0 … 255 are the bytes of UTF-8, as in `ByteTokenizer`; each later one is two earlier ones merged
(Sennrich et al. 2016, on bytes as in Radford et al. 2019). Knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
import regex

from textgen import TokenizerError, utf8_of
from textgen_plugins.tokenizers.bpe_library import (
    Merge,
    encoder,
    find_merges,
    load,
    tokens_of,
)
from textgen_plugins.tokenizers.id_rows import TokenIds, checked, type_for
from textgen_plugins.tokenizers.options import BPEOptions
from textgen_plugins.tokenizers.preparing import prepare
from textgen_plugins.tokenizers.utf8 import text_of

# Words with the space before them, numbers, signs, white space: nothing is merged across these. In
# pieces where none would end. A lone surrogate is by itself, because the library takes none.
_PIECE = regex.compile(
    r"\p{Cs}| ?[\p{L}\p{M}]{1,40}| ?\p{N}{1,40}| ?[^\s\p{L}\p{M}\p{N}\p{Cs}]{1,40}"
    r"|\s{1,40}(?!\S)|\s{1,40}"
)
_TAKEN_AT_ONCE = 1 << 12
_REMEMBERED = 1 << 16


class BPETokenizer:
    """Bytes, and what they are merged to: any text can be encoded."""

    def __init__(self, options: BPEOptions) -> None:
        """Know the bytes.

        Raises:
            TokenizerError: The library `tokenizers` is not installed.
        """
        self._options = options
        self._library = load()
        self._adopt([])

    @property
    def vocab_size(self) -> int:
        """V: what was asked for, or less where the corpus had fewer pairs to merge."""
        return len(self._tokens)

    @property
    def notes(self) -> Sequence[str]:
        """Whether the vocabulary is smaller than was asked for, and why."""
        asked = self._options.vocab_size
        if self.vocab_size >= asked:
            return ()
        return (
            f"the vocabulary has {self.vocab_size:,} tokens, not vocab_size={asked:,}: no other "
            f"pair occurs {self._options.min_count} times in the text (tokenizer.min_count)",
        )

    def learn(self, chunks: Iterable[str]) -> None:
        """Find the merges; memory holds the distinct words of the corpus, not its text.

        Raises:
            TokenizerError: The corpus holds no character.
        """
        pieces = self._pieces_of(chunks)
        first = next(pieces, None)
        if first is None:
            raise TokenizerError(
                "tokenizer 'bpe': the corpus is empty, and there is nothing to merge. "
                "Choose another --source."
            )
        options = self._options
        self._adopt(
            find_merges(
                self._library, chain([first], pieces), options.vocab_size, options.min_count
            )
        )

    def encode(self, text: str) -> TokenIds:
        """Return the ids of ``text`` in the smallest unsigned type that holds the vocabulary."""
        pieces = _PIECE.findall(prepare(text, self._options))
        ids = chain.from_iterable(map(self._ids_of, pieces))
        return np.fromiter(ids, dtype=type_for(self.vocab_size))

    def decode(self, ids: TokenIds) -> str:
        """Return the text of ``ids``; a part of a character is �.

        Raises:
            TokenizerError: ``ids`` is not a row of whole numbers from 0 to V-1.
        """
        row = checked(ids, self.vocab_size, "bpe")
        return text_of(b"".join(map(self._tokens.__getitem__, row.tolist())))

    def state(self) -> dict[str, Any]:
        """Return the merges as pairs of ids, in the order in which they were found."""
        return {"merges": [list(merge) for merge in self._merges]}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` returned.

        Raises:
            TokenizerError: The state is damaged.
        """
        try:
            self._adopt(_merges_in(state))
        except ValueError as error:
            raise TokenizerError(
                f"tokenizer 'bpe': its stored state is damaged: 'merges' must be pairs of earlier "
                f"ids, each once ({error}). Restore the file, or train again."
            ) from error

    def _pieces_of(self, chunks: Iterable[str]) -> Iterator[list[str]]:
        for chunk in chunks:
            pieces = _PIECE.findall(prepare(chunk, self._options))
            for begin in range(0, len(pieces), _TAKEN_AT_ONCE):
                some = pieces[begin : begin + _TAKEN_AT_ONCE]
                yield [piece for piece in some if not _is_surrogate(piece)]

    def _adopt(self, merges: Sequence[Merge]) -> None:
        """Set the merges and what follows from them.

        Raises:
            ValueError: They do not follow from each other.
        """
        tokens = tokens_of(merges)
        encode = encoder(self._library, tokens, merges)
        self._merges, self._tokens = merges, tokens

        def ids_of(piece: str) -> Sequence[int]:
            return tuple(utf8_of(piece)) if _is_surrogate(piece) else encode(piece)

        self._ids_of = lru_cache(_REMEMBERED)(ids_of)


def _is_surrogate(piece: str) -> bool:
    return "\ud800" <= piece <= "\udfff"


def _merges_in(state: Mapping[str, Any]) -> list[Merge]:
    """Return the pairs of a stored state.

    Raises:
        ValueError: They are no pairs of whole numbers, or one is there twice.
    """
    merges = state.get("merges")
    if not isinstance(merges, list) or not all(map(_is_pair, merges)):
        raise ValueError("they are no pairs of whole numbers")
    if len(set(map(tuple, merges))) < len(merges):
        raise ValueError("one is there twice")
    return [(left, right) for left, right in merges]


def _is_pair(merge: Any) -> bool:
    return isinstance(merge, list) and [type(part) for part in merge] == [int, int]
