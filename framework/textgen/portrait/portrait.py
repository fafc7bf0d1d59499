"""The portrait of a corpus: one pass over its text, and all that was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from textgen.portrait.alphabet import Alphabet, AlphabetReader, Character
from textgen.portrait.blocks import BLOCK, blocks_of
from textgen.portrait.documents import DocumentReader
from textgen.portrait.lengths import Lengths
from textgen.portrait.lines import LineReader, Lines
from textgen.portrait.mojibake import Mojibake, MojibakeReader
from textgen.portrait.odd import OddCharacter, name_of, odd_ones, quotation_marks
from textgen.portrait.repeats import RepeatReader, Repeats
from textgen.portrait.slices import Counts, SliceReader, measures_of
from textgen.portrait.yardsticks import YardstickReader, Yardsticks

RARE = 10
"""A character that occurs less often costs a place in the vocabulary and is hardly learned."""


@dataclass(frozen=True)
class Portrait:
    """What a text is like.

    Attributes:
        alphabet: Its distinct characters.
        words: How many words it has; a word is what stands between white space.
        lines: What its lines are like.
        documents: How long each is, in characters.
        repeats: How many of its lines, paragraphs and documents are repetitions.
        mojibake: Signs of a wrong decoding; None where there are none.
        yardsticks: How predictable it is; None of an empty text.
        slices: Which characters it has where, from beginning to end.
    """

    alphabet: Alphabet
    words: int
    lines: Lines
    documents: Lengths
    repeats: Mapping[str, Repeats]
    mojibake: Mojibake | None
    yardsticks: Yardsticks | None
    slices: Counts = field(repr=False)

    @cached_property
    def odd(self) -> tuple[OddCharacter, ...]:
        """The characters that deserve a look."""
        return odd_ones(self.alphabet.characters)

    @property
    def quotation_marks(self) -> dict[str, int]:
        """How many there are of each."""
        return quotation_marks(self.alphabet.characters)

    def as_dict(self) -> dict[str, Any]:
        """Return all figures as plain JSON values."""
        return {
            "characters": self.alphabet.total,
            "utf8_bytes": self.alphabet.utf8_bytes,
            "words": self.words,
            "lines": _of_lines(self.lines),
            "documents": _of_lengths(self.documents),
            "alphabet": [_of_character(each) for each in self.alphabet.characters],
            "rare_below": RARE,
            "odd": [
                {**_of_character(odd.character), "kind": odd.kind, "looks_like": odd.looks_like}
                for odd in self.odd
            ],
            "is_nfc": self.alphabet.is_nfc,
            "replaced_by_nfc": self.alphabet.replaced_by_nfc,
            "quotation_marks": self.quotation_marks,
            "mojibake": self.mojibake and asdict(self.mojibake),
            "repeats": {name: asdict(repeats) for name, repeats in self.repeats.items()},
            "yardsticks": self.yardsticks and asdict(self.yardsticks),
            "slices": measures_of(self.slices),
        }


def portrait_of(chunks: Iterable[str], *, block: int = BLOCK) -> Portrait:
    """Read a corpus, or any chunks of text, once.

    Args:
        chunks: The text, as `textgen.Corpus` has it.
        block: How many characters are looked at together.
    """
    alphabet, lines, documents = AlphabetReader(), LineReader(), DocumentReader()
    repeats, mojibake, yardsticks = RepeatReader(), MojibakeReader(), YardstickReader()
    slices = SliceReader()
    readers = (alphabet, lines, documents, repeats, mojibake, yardsticks, slices)
    for piece in blocks_of(chunks, block):
        for reader in readers:
            reader.read(piece)
    return Portrait(
        alphabet=alphabet.result(),
        words=lines.words,
        lines=lines.result(),
        documents=documents.result(),
        repeats=repeats.result(),
        mojibake=mojibake.result(),
        yardsticks=yardsticks.result(),
        slices=slices.result(),
    )


def _of_character(each: Character) -> dict[str, Any]:
    code = f"U+{ord(each.character):04X}"
    return {"character": each.character, "code_point": code, "name": name_of(each.character)} | {
        "count": each.count,
        "first_line": each.first_line,
    }


def _of_lengths(lengths: Lengths) -> dict[str, int]:
    return {
        "count": len(lengths),
        "shortest": lengths.quantile(0.0),
        "median": lengths.quantile(0.5),
        "longest": lengths.quantile(1.0),
    }


def _of_lines(lines: Lines) -> dict[str, Any]:
    return {
        **_of_lengths(lines.lengths),
        "longest_at": lines.longest_at,
        "blank": lines.blank,
        "begin_with_tab": lines.tabs,
        "begin_with_space": lines.spaces,
        "wrapped_at": lines.wrapped_at,
        "lengths": [list(pair) for pair in lines.lengths],
    }
