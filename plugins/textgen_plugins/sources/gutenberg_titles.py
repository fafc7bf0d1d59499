"""Titles of books, compared as people compare them: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_MARKS = re.compile("[\u0300-\u036f]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_UNDECOMPOSED = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l"})
_APOSTROPHE = re.compile("['’]")
_WORD = re.compile(r"[a-z0-9]+")
_LATIN_WORD = re.compile(r"[a-z]{3}")


def fold(text: str) -> str:
    """Return text without differences of case and accents."""
    return text.lower() if text.isascii() else _NOT_ASCII.sub(_folded_letter, text).lower()


def words_of(text: str) -> list[str]:
    """Return the words of ``text`` in Latin letters and digits, folded."""
    return _WORD.findall(_APOSTROPHE.sub("", fold(text)))


def agree(one: str, other: str) -> bool:
    """Return whether two titles may be of one book: letter for letter, one may go on."""
    first, second = (re.sub(r"[\W_]", "", fold(title)) for title in (one, other))
    return first.startswith(second) or second.startswith(first)


def may_be_one(title: str, other: str) -> bool:
    """Return whether two titles share a word, or one has none in Latin letters to compare.

    That is less than `agree` asks for: in a file, each of them may be a part of the title.
    """
    one, two = words_of(title), words_of(other)
    comparable = all(_LATIN_WORD.search(" ".join(words)) for words in (one, two))
    return not comparable or not set(one).isdisjoint(two)


def _folded_letter(found: re.Match[str]) -> str:
    return _fold_letter(found[0])


@cache
def _fold_letter(letter: str) -> str:
    plain = letter.casefold().translate(_UNDECOMPOSED)
    return _MARKS.sub("", unicodedata.normalize("NFKD", plain))
