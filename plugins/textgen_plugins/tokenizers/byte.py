"""The tokenizer whose tokens are bytes: the UTF-8 of a text, 256 ids, nothing to learn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from textgen import TokenizerError, utf8_of
from textgen_plugins.tokenizers.id_rows import TokenIds, checked
from textgen_plugins.tokenizers.options import ByteOptions
from textgen_plugins.tokenizers.preparing import prepare
from textgen_plugins.tokenizers.utf8 import text_of


class ByteTokenizer:
    """The bytes of a text as ids, whatever the corpus has: any text can be encoded."""

    vocab_size = 256

    def __init__(self, options: ByteOptions) -> None:
        self._options = options

    def learn(self, chunks: Iterable[str]) -> None:
        """Do nothing: the vocabulary is that of every text."""

    def encode(self, text: str) -> TokenIds:
        """Return the bytes of ``text``, one to four for each character."""
        return np.frombuffer(bytearray(utf8_of(prepare(text, self._options))), dtype=np.uint8)

    def decode(self, ids: TokenIds) -> str:
        """Return the text of ``ids``; a part of a character is �.

        Raises:
            TokenizerError: ``ids`` is not a row of whole numbers from 0 to 255.
        """
        return text_of(checked(ids, self.vocab_size, "byte").astype(np.uint8).tobytes())

    def state(self) -> dict[str, Any]:
        """Return an empty state."""
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over an empty state.

        Raises:
            TokenizerError: It is not empty.
        """
        if state:
            raise TokenizerError(
                "tokenizer 'byte': its stored state is damaged: it must be empty, and has "
                f"{', '.join(map(repr, list(state)[:3]))}. Was the model trained with another "
                "tokenizer?"
            )
