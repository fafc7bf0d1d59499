"""What a corpus source returns: text in chunks, and where it came from.

Knows nothing of tokens or of how a source finds its text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from textgen.borders import last_border
from textgen.files import sha256_of

_LEAST = 1 << 16


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
        documents: How many documents the text is made of.
        cuts: What was removed between the two.
        licence: What is known about the right to use it.
        notes: Anything a reader should know, such as an encoding that was guessed.
        warnings: What may make it the wrong text, such as a download that seems cut off.
        parts: Where each of several texts came from that this one was put together of.
    """

    locator: str
    title: str
    origin: str
    sha256_received: str
    sha256_text: str
    documents: int = 1
    cuts: tuple[Cut, ...] = ()
    licence: str = "unknown"
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    parts: tuple[Provenance, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        return asdict(self)


class DocumentStart(str):
    """The first chunk of a document. The chunks up to the next one belong to it too."""

    __slots__ = ()


@dataclass(frozen=True)
class Corpus:
    """Text in chunks that may be read more than once, with its provenance.

    Iterating over a corpus gives its text between words cut anew, however the source cut it, so
    that what reads it piece by piece finds what is in the whole.

    Attributes:
        chunks: Pieces of the text in order, of a few megabytes at most where the text may be
            larger than memory; iterating twice must give the same pieces. Each document of
            several begins with a `DocumentStart`.
        provenance: Where the text came from.
    """

    chunks: Iterable[str] = field(repr=False)
    provenance: Provenance

    def __iter__(self) -> Iterator[str]:
        return _between_words(self.chunks)

    def text(self) -> str:
        """Return the whole text as one string."""
        return "".join(self.chunks)


def _between_words(chunks: Iterable[str]) -> Iterator[str]:
    """Cut a text anew, at borders and where a document begins; a small rest is a piece as well."""
    waiting, length, kind = list[str](), 0, str
    for chunk in chunks:
        if isinstance(chunk, DocumentStart):
            if length:
                yield kind("".join(waiting))
            waiting, length, kind = [], 0, DocumentStart
        waiting.append(chunk)
        length += len(chunk)
        if length >= _LEAST:
            text = "".join(waiting)
            border = last_border(text) or length
            yield kind(text[:border])
            waiting, length, kind = [text[border:]], length - border, str
    if length:
        yield kind("".join(waiting))


def corpus_from_text(text: str, *, received: bytes | None = None, **provenance: Any) -> Corpus:
    """Make a corpus of one string; the checksums are computed here.

    Args:
        text: The text that a model will read.
        received: The bytes it was made from; the text's own UTF-8 when None.
        provenance: The other fields of `Provenance`.
    """
    sha256_text = sha256_of(_utf8(text))
    sha256_received = sha256_text if received is None else sha256_of(received)
    record = Provenance(sha256_received=sha256_received, sha256_text=sha256_text, **provenance)
    return Corpus(chunks=(text,), provenance=record)


def corpus_from_chunks(chunks: Iterable[str], **provenance: Any) -> Corpus:
    """Make a corpus of a text that may be larger than memory.

    Args:
        chunks: As `Corpus` has them. They are read once here, for the checksum and to count the
            documents.
        provenance: The other fields of `Provenance`.
    """
    digest, documents = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(_utf8(chunk))
        documents += isinstance(chunk, DocumentStart)
    record = Provenance(sha256_text=digest.hexdigest(), documents=max(1, documents), **provenance)
    return Corpus(chunks=chunks, provenance=record)


def join_documents(documents: Iterable[Iterable[str]], separator: str) -> Iterator[str]:
    """Yield the chunks of all documents, the separator between two of them.

    Args:
        documents: The chunks of each; a document without any text is left out.
        separator: What stands between two; it belongs to the first of them.
    """
    begun = False
    for document in documents:
        chunks = (chunk for chunk in document if chunk)
        for first in chunks:
            if begun and separator:
                yield separator
            yield DocumentStart(first)
            begun = True
            break
        yield from chunks


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogatepass")
