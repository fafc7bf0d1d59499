"""What can be set for the built-in tokenizers, importable without the code behind them."""

from __future__ import annotations

from typing import Literal

from textgen import Options, option


class CharOptions(Options):
    """How characters become tokens."""

    lowercase: bool = option(False, "make all text lower case first")
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
