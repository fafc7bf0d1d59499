"""The tokenizer whose tokens are characters: Unicode code points, numbered in their own order.

Knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from textgen_plugins.tokenizers.characters import Characters
from textgen_plugins.tokenizers.id_rows import TokenIds, checked
from textgen_plugins.tokenizers.options import CharOptions
from textgen_plugins.tokenizers.preparing import prepare


class CharTokenizer:
    """Characters to ids 0 … V-1, in the order of their code points."""

    def __init__(self, options: CharOptions) -> None:
        self._options = options
        self._characters = Characters("char", options)

    @property
    def vocab_size(self) -> int:
        """V, the number of distinct characters."""
        return len(self._characters)

    def learn(self, chunks: Iterable[str]) -> None:
        """Collect the distinct characters of the corpus.

        Raises:
            TokenizerError: The corpus holds no character.
        """
        for chunk in chunks:
            self._characters.look_at(prepare(chunk, self._options))
        self._characters.settle()

    def encode(self, text: str) -> TokenIds:
        """Return the ids of ``text`` in the smallest unsigned type that holds the vocabulary.

        Raises:
            TokenizerError: A character is not in the vocabulary and ``unknown`` is ``error``.
        """
        return self._characters.ids(text)

    def decode(self, ids: TokenIds) -> str:
        """Return the text of ``ids``.

        Raises:
            TokenizerError: ``ids`` is not a row of whole numbers from 0 to V-1.
        """
        return self._characters.text(checked(ids, self.vocab_size, "char"))

    def state(self) -> dict[str, Any]:
        """Return the vocabulary."""
        return self._characters.state()

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` returned.

        Raises:
            TokenizerError: The state is damaged, or lacks the replacement that is set.
        """
        self._characters.load_state(state)
