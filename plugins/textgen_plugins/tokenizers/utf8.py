"""Any bytes as text: what is no character is �. The way there is `textgen.utf8_of`."""

from __future__ import annotations

import re

# But for U+DC80 to U+DCFF, each of which stands for a single byte.
_SURROGATE = re.compile(rb"(\xed[\xa0-\xb1\xb4-\xbf][\x80-\xbf])")
_NO_CHARACTER = re.compile("[\udc80-\udcff]")


def text_of(data: bytes) -> str:
    """Return the text of ``data``, with � for every byte that is no part of a character."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # Three bytes that make a surrogate are no part of any other character: each is split off.
        return "".join(
            part.decode("utf-8", errors="surrogatepass") if number % 2 else _lenient(part)
            for number, part in enumerate(_SURROGATE.split(data))
        )


def _lenient(part: bytes) -> str:
    return _NO_CHARACTER.sub(
        "\N{REPLACEMENT CHARACTER}", part.decode("utf-8", errors="surrogateescape")
    )
