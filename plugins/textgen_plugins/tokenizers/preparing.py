"""What is done to a text before it becomes tokens: one Unicode form, lower case.

Where pieces of a text end at borders, as a corpus cuts them, the prepared pieces joined are the
prepared whole. A prepared text is not changed by being prepared again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from textgen_plugins.tokenizers.options import TextOptions


def prepare(text: str, options: TextOptions) -> str:
    """Return ``text`` in the form and the case that ``options`` ask for."""
    normal = _in_form(text, options)
    return _in_form(normal.lower(), options) if options.lowercase else normal


def _in_form(text: str, options: TextOptions) -> str:
    if options.normalization == "none" or text.isascii():
        return text
    return normalize(options.normalization, text)
