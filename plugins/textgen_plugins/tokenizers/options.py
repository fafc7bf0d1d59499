"""What can be set for the built-in tokenizers, importable without the code behind them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from textgen import Options, option
from textgen_plugins.tokenizers.preparing import prepare


class TextOptions(Options):
    """What every tokenizer can do to a text first."""

    normalization: Literal["none", "NFC", "NFD", "NFKC", "NFKD"] = option(
        "none", "bring all text into this normal form of Unicode first"
    )
    lowercase: bool = option(False, "make all text lower case first")


class ByteOptions(TextOptions):
    """How bytes become tokens."""


class CharOptions(TextOptions):
    """How characters become tokens."""

    unknown: Literal["error", "replace"] = option(
        "error", "what to do with a character that the corpus lacks: refuse it, or replace it"
    )
    replacement: str = option(
        "\N{REPLACEMENT CHARACTER}",
        "with unknown=replace: the character that stands in for unknown ones; "
        "it joins the vocabulary if the corpus lacks it",
        unit="one character",
        min_length=1,
        max_length=1,
    )

    @model_validator(mode="after")
    def _replacement_is_prepared(self) -> Self:
        """Refuse a replacement that no text could have after lower-casing and normalization."""
        prepared = prepare(self.replacement, self)
        if self.unknown == "replace" and prepared != self.replacement:
            raise ValueError(
                f"replacement {self.replacement!r} would be {prepared!r} with "
                f"normalization={self.normalization} and lowercase={str(self.lowercase).lower()}; "
                "choose a character that these leave as it is"
            )
        return self


class WordOptions(CharOptions):
    """How words become tokens."""

    max_vocab: int = option(
        10_000,
        "at most so many tokens: all characters, and the most frequent words",
        unit="tokens",
        ge=1,
    )
    min_count: int = option(
        2,
        "a word that the corpus has less often is spelt in characters",
        unit="occurrences",
        ge=1,
    )


class BPEOptions(TextOptions):
    """How pieces of words become tokens."""

    vocab_size: int = option(
        1024,
        "how many tokens: 256 bytes, and what they are merged to",
        unit="tokens",
        ge=256,
        le=10**6,
    )
    min_count: int = option(
        2, "a pair that the corpus has less often is not merged", unit="occurrences", ge=1
    )
