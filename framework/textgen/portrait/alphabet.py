"""Which characters a text has, how often, and in which line each first stands."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textgen.portrait.blocks import CODE_POINTS, Block, codes_of
from textgen.utf8 import utf8_of


@dataclass(frozen=True)
class Character:
    """One of the distinct characters of a text.

    Attributes:
        character: The code point as a string of length one.
        count: How often it occurs.
        first_line: The number of the line where it first stands, from 1.
    """

    character: str
    count: int
    first_line: int


@dataclass(frozen=True)
class Alphabet:
    """The distinct characters of a text.

    Attributes:
        characters: The most frequent first.
        is_nfc: Whether the text is in Unicode's normal form NFC.
        replaced_by_nfc: How many characters that form would replace by others.
    """

    characters: tuple[Character, ...]
    is_nfc: bool
    replaced_by_nfc: int

    @property
    def total(self) -> int:
        """How many characters the text has."""
        return sum(each.count for each in self.characters)

    @property
    def utf8_bytes(self) -> int:
        """How many bytes the text has as UTF-8."""
        return sum(each.count * len(utf8_of(each.character)) for each in self.characters)

    def rarer_than(self, count: int) -> tuple[Character, ...]:
        """Return the characters that occur less often."""
        return tuple(each for each in self.characters if each.count < count)


class AlphabetReader:
    """Counts every code point."""

    def __init__(self) -> None:
        self._counts = np.zeros(CODE_POINTS, np.int64)
        self._first_lines = np.zeros(CODE_POINTS, np.int64)
        self._lost = np.zeros(CODE_POINTS, np.int64)
        self._lines = 0
        self._is_normal = True

    def read(self, block: Block) -> None:
        """Count a block's characters."""
        counts = np.bincount(block.codes)
        new = np.flatnonzero(counts)
        new = new[self._counts[new] == 0]
        self._counts[: len(counts)] += counts
        if len(new):
            self._note_first_lines(block, new)
        self._lines += block.text.count("\n")
        self._compare_with_normal_form(block.text)

    def result(self) -> Alphabet:
        """Return the distinct characters."""
        codes = np.flatnonzero(self._counts)
        order = np.argsort(-self._counts[codes], kind="stable")
        characters = tuple(
            Character(chr(code), int(self._counts[code]), int(self._first_lines[code]))
            for code in codes[order].tolist()
        )
        replaced = int(np.maximum(self._lost, 0).sum())
        return Alphabet(characters, is_nfc=self._is_normal, replaced_by_nfc=replaced)

    def _note_first_lines(self, block: Block, new: NDArray[np.intp]) -> None:
        is_new = np.zeros(CODE_POINTS, np.bool_)
        is_new[new] = True
        places = np.flatnonzero(is_new[block.codes])[::-1]
        ends = np.flatnonzero(block.codes == ord("\n"))
        lines = self._lines + 1 + np.searchsorted(ends, places)
        # Of several values for one index the last assigned stays: that of the first place.
        self._first_lines[block.codes[places]] = lines

    def _compare_with_normal_form(self, text: str) -> None:
        if text.isascii() or unicodedata.is_normalized("NFC", text):
            return
        self._is_normal = False
        for form, sign in ((text, 1), (unicodedata.normalize("NFC", text), -1)):
            counts = np.bincount(codes_of(form))
            self._lost[: len(counts)] += sign * counts
