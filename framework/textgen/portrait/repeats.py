"""What occurs more than once: long lines, paragraphs, whole documents.

Contents are known by checksums. Where they would be too many to keep, a part of them is: those
whose checksums end in zero bits, so that whatever is kept has all of its repetitions counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from textgen.portrait.blocks import BLOCK, Block
from textgen.utf8 import utf8_of

SHORTEST = 40
"""Characters of a line or paragraph that is worth counting; shorter ones recur in any text."""

_COMPARED = BLOCK  # characters at the beginning of a line or paragraph, by which it is told apart
_MOST_KEPT = 1 << 17
_SHOWN = 3
_EXCERPT = 60

_Key = tuple[int, int]  # bits that are the same in every process, which say what is kept; a hash


@dataclass(frozen=True)
class Repeated:
    """Something that occurs several times, and how often; by its beginning."""

    begins: str
    count: int


@dataclass(frozen=True)
class Repeats:
    """How much of one kind is repeated.

    Attributes:
        counted: How many there are of this kind, repetitions among them.
        repeated: How many of them say what another one has said before; where ``sampled`` is not
            1, an estimate.
        sampled: Of how many distinct ones one was kept: 1 is all of them.
        most: The most often repeated ones.
    """

    counted: int
    repeated: int
    sampled: int
    most: tuple[Repeated, ...]


class RepeatCounter:
    """Counts contents of one kind in bounded memory."""

    def __init__(self, most_kept: int = _MOST_KEPT) -> None:
        self._most_kept = most_kept
        self._counted = 0
        self._sampled = 1
        self._counts: dict[_Key, int] = {}
        self._begins: dict[_Key, str] = {}

    def add_long(self, texts: Iterable[str]) -> None:
        """Count those that are long enough, white space around them left out."""
        for text in texts:
            if len(text) >= SHORTEST:
                bare = text.strip()
                if len(bare) >= SHORTEST:
                    self._counted += 1
                    mark = crc32(utf8_of(bare))
                    if not mark & (self._sampled - 1):
                        self._keep((mark, hash(bare)), bare)

    def add_checksum(self, checksum: int, begins: str) -> None:
        """Count one by a checksum of 64 bits and its beginning."""
        self._counted += 1
        if not checksum & (self._sampled - 1):
            self._keep((checksum, 0), begins)

    def _keep(self, key: _Key, begins: str) -> None:
        count = self._counts[key] = self._counts.get(key, 0) + 1
        if count == 2:
            self._begins[key] = " ".join(begins[: 2 * _EXCERPT].split())[:_EXCERPT]
        while len(self._counts) > self._most_kept:
            self._keep_half()

    def result(self) -> Repeats:
        """Return what was found."""
        repeated = sum(count - 1 for count in self._counts.values()) * self._sampled
        often = sorted(self._begins, key=lambda key: (-self._counts[key], self._begins[key]))
        most = tuple(Repeated(self._begins[key], self._counts[key]) for key in often[:_SHOWN])
        return Repeats(self._counted, repeated, self._sampled, most)

    def _keep_half(self) -> None:
        self._sampled *= 2
        mask = self._sampled - 1
        self._counts = {key: count for key, count in self._counts.items() if not key[0] & mask}
        self._begins = {key: begins for key, begins in self._begins.items() if not key[0] & mask}


class RepeatReader:
    """Looks for lines, paragraphs and documents that occur again.

    White space around a line, paragraph or document is no difference. A paragraph ends at an empty
    line.
    """

    def __init__(self) -> None:
        self._lines, self._paragraphs = _PartReader("\n"), _PartReader("\n\n")
        self._documents = RepeatCounter()
        self._document = _OpenDocument()

    def read(self, block: Block) -> None:
        """Count what a block holds."""
        self._lines.read(block.text)
        self._paragraphs.read(block.text)
        edges = [0, *block.starts, len(block.text)]
        for place, (begin, end) in enumerate(pairwise(edges)):
            if place:
                self._close_document()
            self._document.add(block.text[begin:end])

    def result(self) -> dict[str, Repeats]:
        """Return what was found of lines, paragraphs and documents, when all is read."""
        self._close_document()
        return {
            "lines": self._lines.result(),
            "paragraphs": self._paragraphs.result(),
            "documents": self._documents.result(),
        }

    def _close_document(self) -> None:
        if self._document.begins:
            self._documents.add_checksum(self._document.checksum(), self._document.begins)
        self._document = _OpenDocument()


class _PartReader:
    """Counts what stands between marks, however many blocks one of them reaches over."""

    def __init__(self, end: str) -> None:
        self._end = end
        self._counter = RepeatCounter()
        self._open = ""

    def read(self, text: str) -> None:
        *closed, rest = (self._open + text).split(self._end)
        self._counter.add_long(closed)
        self._open = rest[:_COMPARED]

    def result(self) -> Repeats:
        self._counter.add_long([self._open])
        return self._counter.result()


class _OpenDocument:
    """The checksum of a document as far as it was read, white space around it left out."""

    def __init__(self) -> None:
        self.begins = ""
        self._hash = hashlib.blake2b(digest_size=8)
        self._white_space = ""

    def add(self, text: str) -> None:
        if not self.begins:
            text = text.lstrip()
        self.begins += text[: 2 * _EXCERPT - len(self.begins)]
        bare = text.rstrip()
        if bare:
            self._hash.update(utf8_of(self._white_space + bare))
            self._white_space = ""
        self._white_space += text[len(bare) :]

    def checksum(self) -> int:
        return int.from_bytes(self._hash.digest(), "big")
