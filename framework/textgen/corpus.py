"""What a corpus source returns: text in chunks, and where it came from.

Knows nothing of tokens or of how a source finds its text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Cut:
    """A part of what arrived that is not in the corpus.

    Attributes:
        what: What it was, in words ("licence header").
        characters: How long it was.
        begins: Its first words, for a reader who wonders.
    """

    what: str
    characters: int
    begins: str


@dataclass(frozen=True)
class Provenance:
    """Where a corpus came from, so that a run can be traced and repeated.

    Attributes:
        locator: What opens this corpus again, from any folder ("gutenberg:alice",
            "file:/home/ann/book.txt"). A run records it as its source.
        title: A name for people.
        origin: The URL, path or package that the bytes came from.
        sha256_received: SHA-256 of the bytes as they arrived.
        sha256_text: SHA-256 of the text that is used, as UTF-8.
        cuts: What was removed between the two.
        licence: What is known about the right to use it.
        notes: Anything a reader should know, such as a marker that was missing.
    """

    locator: str
    title: str
    origin: str
    sha256_received: str
    sha256_text: str
    cuts: tuple[Cut, ...] = ()
    licence: str = "unknown"
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Corpus:
    """Text in chunks that may be read more than once, with its provenance.

    Attributes:
        chunks: Pieces of the text in order; iterating twice must give the same pieces.
        provenance: Where the text came from.
    """

    chunks: Iterable[str] = field(repr=False)
    provenance: Provenance

    def __iter__(self) -> Iterator[str]:
        return iter(self.chunks)

    def text(self) -> str:
        """Return the whole text as one string."""
        return "".join(self.chunks)


def corpus_from_text(text: str, *, received: bytes | None = None, **provenance: Any) -> Corpus:
    """Make a corpus of one string; the checksums are computed here.

    Args:
        text: The text that a model will read.
        received: The bytes it was made from; the text's own UTF-8 when None.
        provenance: The other fields of `Provenance`.
    """
    encoded = text.encode("utf-8", errors="surrogatepass")
    sha256_text = hashlib.sha256(encoded).hexdigest()
    sha256_received = sha256_text if received is None else hashlib.sha256(received).hexdigest()
    record = Provenance(sha256_received=sha256_received, sha256_text=sha256_text, **provenance)
    return Corpus(chunks=(text,), provenance=record)
