"""Lines and words: how long, how many blank, how indented, and whether a page's width shows.

A word is what stands between white space. A line ends with a line feed or with the text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textgen.portrait.blocks import CODE_POINTS, Block
from textgen.portrait.lengths import Lengths

_WRAPPED_AT = range(40, 121)
_WRAP_SLACK = 15  # a word that did not fit
_WRAPPED_SHARE = 0.6
_FEWEST_LINES = 20


@dataclass(frozen=True)
class _OpenLine:
    """The beginning of a line whose end has not been read.

    Attributes:
        length: Its characters so far.
        filled: Whether one of them is no white space.
        first: The code of its first character; 0 where there is none.
    """

    length: int = 0
    filled: bool = False
    first: int = 0


@dataclass(frozen=True)
class Lines:
    """What was found of the lines of a text.

    Attributes:
        lengths: Of all lines in characters, without their line feeds.
        blank: How many are empty or white space.
        longest_at: The number of the longest one, from 1; of several, the first one's; 0 of none.
        tabs: How many begin with a tab, blank ones not counted.
        spaces: How many begin with a space, blank ones not counted.
        wrapped_at: The width at which lines within paragraphs are broken; None where they do not
            look so.
    """

    lengths: Lengths
    blank: int
    longest_at: int
    tabs: int
    spaces: int
    wrapped_at: int | None


class LineReader:
    """Measures lines and counts words.

    Attributes:
        words: How many words were read.
    """

    def __init__(self) -> None:
        self.words = 0
        self._lengths = Lengths()
        self._blank = self._longest_at = self._tabs = self._spaces = 0
        self._longest = -1
        self._within_paragraphs = Lengths()  # of lines that a line with words follows
        self._open = _OpenLine()
        self._in_word = False
        self._before = (0, False)  # the last line's length, and whether it has words

    def read(self, block: Block) -> None:
        """Measure a block's lines."""
        filled = ~_WHITE_SPACE[block.codes]
        self._count_words(filled)
        ends = np.flatnonzero(block.codes == ord("\n"))
        begins = np.concatenate(([0], ends + 1))
        stops = np.append(ends, len(filled))
        counted = np.concatenate(([0], np.cumsum(filled)))
        lengths, with_words = stops - begins, counted[stops] > counted[begins]
        firsts = block.codes[np.minimum(begins, len(filled) - 1)]
        if self._open.length:
            lengths[0] += self._open.length
            with_words[0] |= self._open.filled
            firsts = np.concatenate(([self._open.first], firsts[1:]))
        self._add(lengths[:-1], with_words[:-1], firsts[:-1])
        self._open = _OpenLine(int(lengths[-1]), bool(with_words[-1]), int(firsts[-1]))

    def result(self) -> Lines:
        """Return what was found, when all is read; the last line may lack its line feed."""
        if self._open.length:
            self.read(Block("\n"))
        return Lines(
            lengths=self._lengths,
            blank=self._blank,
            longest_at=self._longest_at,
            tabs=self._tabs,
            spaces=self._spaces,
            wrapped_at=self._wrapped_at(),
        )

    def _wrapped_at(self) -> int | None:
        inner = self._within_paragraphs
        width = inner.quantile(0.98)
        if len(inner) < _FEWEST_LINES or width not in _WRAPPED_AT:
            return None
        return width if inner.share(width - _WRAP_SLACK, width) >= _WRAPPED_SHARE else None

    def _count_words(self, filled: NDArray[np.bool_]) -> None:
        self.words += int(np.count_nonzero(filled[1:] & ~filled[:-1]))
        self.words += int(filled[0] and not self._in_word)
        self._in_word = bool(filled[-1])

    def _add(
        self,
        lengths: NDArray[np.int64],
        with_words: NDArray[np.bool_],
        firsts: NDArray[np.uint32],
    ) -> None:
        if not len(lengths):
            return
        longest = int(lengths.argmax())
        if lengths[longest] > self._longest:
            self._longest = int(lengths[longest])
            self._longest_at = len(self._lengths) + longest + 1
        self._blank += int(np.count_nonzero(~with_words))
        self._tabs += int(np.count_nonzero(with_words & (firsts == ord("\t"))))
        self._spaces += int(np.count_nonzero(with_words & (firsts == ord(" "))))
        _add_all(self._lengths, lengths)
        length_before, words_before = self._before
        lengths = np.concatenate(([length_before], lengths))
        with_words = np.concatenate(([words_before], with_words))
        _add_all(self._within_paragraphs, lengths[:-1][with_words[:-1] & with_words[1:]])
        self._before = (int(lengths[-1]), bool(with_words[-1]))


def _add_all(to: Lengths, lengths: NDArray[np.int64]) -> None:
    values, counts = np.unique(lengths, return_counts=True)
    for length, count in zip(values.tolist(), counts.tolist(), strict=True):
        to.add(length, count)


def _white_space() -> NDArray[np.bool_]:
    """Return for every code point whether Python's ``str.split`` parts words there."""
    table = np.zeros(CODE_POINTS, np.bool_)
    table[[code for code in range(0x3001) if chr(code).isspace()]] = True
    return table


_WHITE_SPACE = _white_space()
