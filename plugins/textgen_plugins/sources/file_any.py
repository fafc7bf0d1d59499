"""Any file at all as text: what is UTF-8 becomes characters, every other byte stays what it is.

Such a byte is one of the lone surrogates U+DC80 to U+DCFF (PEP 383), of which `textgen.utf8_of`
makes it again. No byte is refused, no line end changed, no mark believed.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain

_Decoder = codecs.getincrementaldecoder("utf-8")


def any_text(blocks: Iterable[bytes]) -> Iterator[str]:
    """Yield the text of the bytes in pieces, one for each block and one for the end."""
    decoder = _Decoder(errors="surrogateescape")
    for block in chain(blocks, (b"",)):
        yield decoder.decode(block, final=not block)
