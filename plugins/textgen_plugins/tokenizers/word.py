"""The tokenizer whose tokens are words, runs of white space and signs; lossless, for any text.

A word that is not in the vocabulary is spelt in characters, which are tokens too. There is no
token for "some unknown word": it would make a text shorter than it is, and bits per character
would no longer compare with those of other tokenizers. Knows nothing of models.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import regex

from textgen import TokenizerError
from textgen_plugins.tokenizers.characters import Characters
from textgen_plugins.tokenizers.id_rows import TokenIds, checked, type_for
from textgen_plugins.tokenizers.options import WordOptions
from textgen_plugins.tokenizers.preparing import prepare

# Letters with their marks, digits and _, with apostrophes within; in pieces where none would end.
_PIECE = regex.compile(r"\w{1,40}(?:['’]\w{1,40}){0,3}|\s{1,40}|[^\w\s]")
_MOST_COUNTED = 1 << 20
_UNKNOWN = -1


class WordTokenizer:
    """Ids 0 … C-1 are characters, as in `CharTokenizer`; then come words, the frequent first."""

    def __init__(self, options: WordOptions) -> None:
        self._options = options
        self._characters = Characters("word", options)
        self._adopt(())

    @property
    def vocab_size(self) -> int:
        """V, the number of distinct characters and words."""
        return len(self._tokens)

    def learn(self, chunks: Iterable[str]) -> None:
        """Collect the characters of the corpus and count its words.

        Raises:
            TokenizerError: The corpus holds no character, or more than ``max_vocab``.
        """
        counts = Counter[str]()
        for chunk in chunks:
            prepared = prepare(chunk, self._options)
            self._characters.look_at(prepared)
            counts.update(_PIECE.findall(prepared))
            counts = _thinned(counts)
        self._characters.settle()
        self._adopt(self._chosen(counts))

    def encode(self, text: str) -> TokenIds:
        """Return the ids of ``text`` in the smallest unsigned type that holds the vocabulary.

        Raises:
            TokenizerError: A character is not in the vocabulary and ``unknown`` is ``error``.
        """
        pieces = _PIECE.findall(prepare(text, self._options))
        ids = list(map(self._ids.get, pieces))
        if None in ids:
            ids = list(self._spelt(pieces))
            if _UNKNOWN in ids:
                raise self._characters.unknown_in(text)
        return np.array(ids, dtype=type_for(self.vocab_size))

    def decode(self, ids: TokenIds) -> str:
        """Return the text of ``ids``.

        Raises:
            TokenizerError: ``ids`` is not a row of whole numbers from 0 to V-1.
        """
        row = checked(ids, self.vocab_size, "word")
        return "".join(map(self._tokens.__getitem__, row.tolist()))

    def state(self) -> dict[str, Any]:
        """Return the characters and the words."""
        return {**self._characters.state(), "words": self._tokens[len(self._characters) :]}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` returned.

        Raises:
            TokenizerError: The state is damaged, or lacks the replacement that is set.
        """
        self._characters.load_state(state)
        words = _words_in(state, set(self._characters))
        if words is None:
            raise TokenizerError(
                "tokenizer 'word': its stored state is damaged: 'words' must be texts of two or "
                "more of its characters, each once. Restore the file, or train again."
            )
        self._adopt(words)

    def _chosen(self, counts: Counter[str]) -> list[str]:
        """Return the words that there is room for, the most frequent first."""
        room = self._options.max_vocab - len(self._characters)
        if room < 0:
            raise TokenizerError(
                f"tokenizer 'word': max_vocab={self._options.max_vocab} has no room for the "
                f"{len(self._characters)} characters of the corpus, which spell the words that are "
                f"no tokens: --set tokenizer.max_vocab={len(self._characters)} or more."
            )
        words = [
            (-count, word)
            for word, count in counts.items()
            if len(word) > 1 and count >= self._options.min_count
        ]
        return [word for _, word in sorted(words)[:room]]

    def _adopt(self, words: Sequence[str]) -> None:
        self._tokens = [*self._characters, *words]
        self._ids = {token: number for number, token in enumerate(self._tokens)}

    def _spelt(self, pieces: Iterable[str]) -> Iterator[int]:
        """Yield the ids of words, and of the characters of those that are no tokens."""
        stand_in = self._characters.stand_in
        unknown = _UNKNOWN if stand_in is None else stand_in
        for piece in pieces:
            known = self._ids.get(piece)
            if known is None:
                yield from (self._ids.get(character, unknown) for character in piece)
            else:
                yield known


def _thinned(counts: Counter[str]) -> Counter[str]:
    """Return the counts without the rarest, where there are more than memory should hold."""
    least = 1
    while len(counts) > _MOST_COUNTED:
        least += 1
        counts = Counter({word: count for word, count in counts.items() if count >= least})
    return counts


def _words_in(state: Mapping[str, Any], characters: set[str]) -> list[str] | None:
    """Return the words of a stored vocabulary: each once, spelt in ``characters``; else None."""
    words = state.get("words")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return None
    spelt = all(len(word) > 1 and characters.issuperset(word) for word in words)
    return words if spelt and len(set(words)) == len(words) else None
