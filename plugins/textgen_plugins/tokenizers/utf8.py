"""Any text as UTF-8 and any bytes as text: lone surrogates are kept, what is no character is �."""

from __future__ import annotations

import re

_SURROGATE = re.compile(rb"(\xed[\xa0-\xbf][\x80-\xbf])")


def bytes_of(text: str) -> bytes:
    """Return the UTF-8 of ``text``; a lone surrogate takes three bytes, as if it were allowed."""
    return text.encode("utf-8", errors="surrogatepass")


def text_of(data: bytes) -> str:
    """Return the text of ``data``, with � for every run of bytes that makes no character."""
    # Three bytes that make a surrogate are no part of any other character: each is split off.
    return "".join(
        part.decode("utf-8", errors="surrogatepass" if number % 2 else "replace")
        for number, part in enumerate(_SURROGATE.split(data))
    )
