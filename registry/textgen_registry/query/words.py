"""The words that an expression is made of, each with its place.

Knows no grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from textgen.errors import UsageError
from textgen_registry.query.pointing import pointed

Kind = Literal["word", "string", "operator", "bracket", "end"]

MOST_CHARACTERS = 10_000

_WORD = re.compile(
    r"""(?P<string>'[^']*'(?:'[^']*')*|"[^"]*"(?:"[^"]*")*)"""
    r"""|(?P<operator>!=|<=|>=|[=<>~])"""
    r"""|(?P<bracket>[()])"""
    r"""|(?P<word>[^\s()'"=<>!~]+)"""
)
_BLANKS = re.compile(r"\s*")


@dataclass(frozen=True)
class Word:
    """One word.

    Attributes:
        kind: What it can be.
        text: What it says; of a string, what is between the quotes.
        place: Index of its first character.
        end: Index behind its last.
    """

    kind: Kind
    text: str
    place: int
    end: int


def split(text: str) -> Iterator[Word]:
    """Yield the words of a text, and an empty one of kind ``end``.

    Raises:
        UsageError: The text is too long, or something in it is no word.
    """
    if len(text) > MOST_CHARACTERS:
        raise UsageError(
            f"where: {len(text):,} characters; at most {MOST_CHARACTERS:,} are read. Shorten it."
        )
    if "\0" in text:
        raise pointed(UsageError, text, text.index("\0"), "no value can hold the character NUL")
    place = _after_blanks(text, 0)
    while place < len(text):
        found = _WORD.match(text, place)
        if found is None:
            raise pointed(UsageError, text, place, _why_no_word(text[place]))
        yield _word(found)
        place = _after_blanks(text, found.end())
    yield Word("end", "", len(text), len(text))


def _after_blanks(text: str, place: int) -> int:
    blanks = _BLANKS.match(text, place)
    return blanks.end() if blanks else place


def _word(found: re.Match[str]) -> Word:
    text = found.group()
    if found.lastgroup == "string":
        quote = text[0]
        return Word("string", text[1:-1].replace(quote * 2, quote), *found.span())
    kinds: dict[str | None, Kind] = {"operator": "operator", "bracket": "bracket"}
    return Word(kinds.get(found.lastgroup, "word"), text, *found.span())


def _why_no_word(letter: str) -> str:
    if letter == "!":
        return "expected != here"
    return f"this {letter} is never closed; within a text it is written twice"
