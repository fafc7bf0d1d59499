"""A text as bytes, whatever it holds.

Not every Python string is valid Unicode. A byte of a file that was no UTF-8 is the lone surrogate
U+DC80 to U+DCFF (PEP 383, `surrogateescape`), and here it is that byte again. Any other surrogate
that is not part of a pair takes three bytes, as if it were allowed (`surrogatepass`).
"""

from __future__ import annotations

import re

STRAY_BYTES = re.compile("[\udc80-\udcff]+")
"""Finds bytes that were no UTF-8 where a file was read."""

_NO_BYTE = re.compile("([\ud800-\udc7f\udd00-\udfff]+)")


def utf8_of(text: str) -> bytes:
    """Return the UTF-8 of any text; bytes of a file that were none come back as they were."""
    try:
        return text.encode("utf-8", errors="surrogateescape")
    except UnicodeEncodeError:
        return b"".join(
            part.encode("utf-8", errors="surrogatepass" if number % 2 else "surrogateescape")
            for number, part in enumerate(_NO_BYTE.split(text))
        )
