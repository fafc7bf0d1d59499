"""How many documents a text is made of, and how long they are."""

from __future__ import annotations

from textgen.portrait.blocks import Block
from textgen.portrait.lengths import Lengths


class DocumentReader:
    """Measures documents; a text in which none is said to begin is one."""

    def __init__(self) -> None:
        self._lengths = Lengths()
        self._begin = self._read = 0

    def read(self, block: Block) -> None:
        """Measure the documents that end in a block."""
        for start in block.starts:
            self._close(self._read + start)
        self._read += len(block.text)

    def result(self) -> Lengths:
        """Return the lengths, when all is read; a separator belongs to the document before it."""
        self._close(self._read)
        return self._lengths

    def _close(self, end: int) -> None:
        if end > self._begin:
            self._lengths.add(end - self._begin)
        self._begin = end
