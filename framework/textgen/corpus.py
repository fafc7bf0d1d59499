"""What a corpus source returns: text in chunks, and where it came from.

Knows nothing of tokens or of how a source finds its text.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from textgen.borders import last_border
from textgen.files import sha256_of
from textgen.utf8 import utf8_of

_PIECE = 1 << 20


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
        characters: How long that text is; 0 where nobody counted.
        documents: How many documents it is made of.
        sha256_documents: `sha256_of_documents` of where they begin; empty for a single one.
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
    characters: int = 0
    documents: int = 1
    sha256_documents: str = ""
    cuts: tuple[Cut, ...] = ()
    licence: str = "unknown"
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    parts: tuple[Provenance, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        return asdict(self)


def change_of_text(now: Provenance, then: Mapping[str, Any]) -> str:
    """Return in words how a text differs from a recorded one; nothing where it is the same.

    Args:
        now: The provenance of the text.
        then: What `Provenance.as_dict` gave of the other; older records know no documents.
    """
    before, after = then["sha256_text"], now.sha256_text
    if before != after:
        return f"sha256 {before[:12]}… then, {after[:12]}… now"
    if then.get("sha256_documents", now.sha256_documents) != now.sha256_documents:
        return "its documents begin elsewhere"
    return ""


class DocumentStart(str):
    """The first chunk of a document. The chunks up to the next one belong to it too."""

    __slots__ = ()


@dataclass(frozen=True)
class Corpus:
    """Text in chunks that may be read more than once, with its provenance.

    Iterating over a corpus gives the text cut anew, however its source cut it: in documents, and
    within them between words, a megabyte at most at a time. So what reads it piece by piece finds
    what is in the whole, and finds the same in the same text from another source.

    Attributes:
        chunks: Pieces of the text in order, of a few megabytes at most where the text may be
            larger than memory; iterating twice must give the same pieces. Each document of
            several begins with a `DocumentStart`.
        provenance: Where the text came from.
    """

    chunks: Iterable[str] = field(repr=False)
    provenance: Provenance

    def __iter__(self) -> Iterator[str]:
        return _pieces(self.chunks)

    def text(self) -> str:
        """Return the whole text as one string."""
        return "".join(self.chunks)


def _pieces(chunks: Iterable[str]) -> Iterator[str]:
    """Cut a text anew; where each cut is depends on the document before it and nothing else."""
    kind, text = str, ""
    for chunk in chunks:
        if isinstance(chunk, DocumentStart):
            if text:
                yield kind(text)
            kind, text = DocumentStart, ""
        text += chunk
        while len(text) > _PIECE:
            cut = last_border(text[:_PIECE]) or _PIECE
            yield kind(text[:cut])
            kind, text = str, text[cut:]
    if text:
        yield kind(text)


def watched(corpus: Corpus, watch: Callable[[int], None]) -> Corpus:
    """Return a corpus that tells, whenever it is read, how many characters have been."""
    return replace(corpus, chunks=_Watched(corpus.chunks, watch))


@dataclass(frozen=True)
class _Watched:
    chunks: Iterable[str]
    watch: Callable[[int], None]

    def __iter__(self) -> Iterator[str]:
        read = 0
        for chunk in self.chunks:
            yield chunk
            read += len(chunk)
            self.watch(read)


def sha256_of_documents(begins: Iterable[int]) -> str:
    """Return the checksum of where documents begin.

    Args:
        begins: The place of the first character of each, the first one's being 0.

    Returns:
        64 hexadecimal digits; nothing for a single document.
    """
    places = array("q", begins)
    if sys.byteorder == "big":
        places.byteswap()
    return sha256_of(places.tobytes()) if len(places) > 1 else ""


class TextDigest:
    """What is known of a text when all its chunks have gone by."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._characters = 0
        self._begins = array("q", [0])

    def add(self, chunk: str) -> None:
        """Take in the next chunk."""
        if isinstance(chunk, DocumentStart) and self._characters > self._begins[-1]:
            self._begins.append(self._characters)
        self._sha256.update(utf8_of(chunk))
        self._characters += len(chunk)

    @property
    def sha256(self) -> str:
        """SHA-256 of the text as UTF-8."""
        return self._sha256.hexdigest()

    def facts(self) -> dict[str, Any]:
        """Return it as fields of a `Provenance`; a last document without a character is none."""
        last_is_empty = 0 < self._begins[-1] == self._characters
        begins = self._begins[:-1] if last_is_empty else self._begins
        return {
            "sha256_text": self.sha256,
            "characters": self._characters,
            "documents": len(begins),
            "sha256_documents": sha256_of_documents(begins),
        }


def corpus_from_text(text: str, *, received: bytes | None = None, **provenance: Any) -> Corpus:
    """Make a corpus of one string; the checksums are computed here.

    Args:
        text: The text that a model will read.
        received: The bytes it was made from; the text's own UTF-8 when None.
        provenance: The other fields of `Provenance`.
    """
    digest = TextDigest()
    digest.add(text)
    arrived = digest.sha256 if received is None else sha256_of(received)
    record = Provenance(sha256_received=arrived, **digest.facts(), **provenance)
    return Corpus(chunks=(text,), provenance=record)


def corpus_from_chunks(chunks: Iterable[str], **provenance: Any) -> Corpus:
    """Make a corpus of a text that may be larger than memory.

    Args:
        chunks: As `Corpus` has them. They are read once here, for the checksum and to count the
            documents.
        provenance: The other fields of `Provenance`.
    """
    digest = TextDigest()
    for chunk in chunks:
        digest.add(chunk)
    return Corpus(chunks=chunks, provenance=Provenance(**digest.facts(), **provenance))


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
