"""The marks that Project Gutenberg's files set around a book, in every form since 1993.

A start is ``*** START OF …``, or in files before 2003 the last line of the small print; an end is
``*** END OF …``. Knows the forms alone: which of several marks counts is `gutenberg_bounds`' to
say. Every pattern takes time in proportion to the text, whatever the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANK = r"[ \t\xa0]"
_BLANKS = r"[ \t\xa0\f\ufeff]*+"
_GAP = rf"(?:{_BLANK}++(?:\n{_BLANK}*+)?|\n{_BLANK}*+)"
_STARS = rf"^{_BLANKS}\*[* \t\xa0]*+"
_OF_GUTENBERG = (
    rf"{_GAP}OF{_GAP}(?:TH(?:E|IS){_GAP})?(?:COPYRIGHTED{_GAP})?PROJE[CK]T{_GAP}GUTENBERG"
)
_FLAGS = re.IGNORECASE | re.MULTILINE

START = re.compile(rf"{_STARS}START{_OF_GUTENBERG}", _FLAGS)
END = re.compile(rf"{_STARS}END{_OF_GUTENBERG}", _FLAGS)
SMALL_PRINT_START = re.compile(
    r"^[ \t*]*+START[ \t*:]*+THE SMALL PRINT|^\*[* \t]*+SMALL PRINT!", _FLAGS
)
SMALL_PRINT_END = re.compile(
    rf"^{_BLANKS}\*(?:[ \t]*\*){{0,3}}[ \t]*END[ \t*]*+(?:OF[ \t]+)?THE[ \t]+SMALL[ \t]+PRINT"
    r"[^\n]*?(?:\*END\b[* \t]*+|$(?:\n[^\n]*\*END\b[* \t]*+$)?)"
    r"|^\[\"Small Print\" V[^\n]*"
    # In 2001 the small print moved to the foot, and a sentence that says so closed the header.
    r"|^tells you about restrictions in how the file may be used\.[^\n]*",
    _FLAGS,
)
_BLANK_LINES = re.compile(rf"(?:{_BLANKS}\n)*+")
_STARS_WITHIN = re.compile(r"\*(?:[ \t]?\*)+")
_NAME = re.compile(
    r"GUTENBERG(?:-TM|™)?\s*(?:E-?(?:BOOK|TEXT)\b(?:\s+OF\b)?)?[\s,:]*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NEXT_MARK = re.compile(r"[ \t]*\*[* \t]*[^* \t]")
_STARS_AND_BLANKS = "* \t\xa0"
_MOST_LINES = 6
_LONGEST_NAME = 400


@dataclass(frozen=True)
class Mark:
    """A mark in the text.

    Attributes:
        begin: Offset of its first character.
        end: Offset after its last character.
        words: All of it.
    """

    begin: int
    end: int
    words: str

    @property
    def name(self) -> str:
        """What the mark says of the book: its title, in recent files its number, or nothing."""
        found = _NAME.search(self.words[:_LONGEST_NAME])
        return " ".join(found.group(1).split()).strip("* ") if found else ""


def mark_at(text: str, found: re.Match[str]) -> Mark:
    """Return the whole mark that begins with ``found``."""
    begin, end = found.start(), _closing(text, found.end())
    return Mark(begin, end, text[begin:end])


def start_directly_after(text: str, begin: int, end: int) -> Mark | None:
    """Return the start mark that only blank lines divide from ``begin``, if there is one."""
    blank = _BLANK_LINES.match(text, begin, end)
    found = START.match(text, blank.end(), end) if blank else None
    return mark_at(text, found) if found else None


def _closing(text: str, position: int) -> int:
    """Return where a mark ends: at its closing stars, at most five lines on, or at its line."""
    first = _line_end(text, position)
    if _ends_in_stars(text[position:first]):
        return first
    within = _STARS_WITHIN.search(text, position, first)
    end = first
    for _ in range(_MOST_LINES - 1):
        begin, end = end + 1, _line_end(text, end + 1)
        line = text[begin:end]
        if not line.strip() or _NEXT_MARK.match(line):
            break
        if _ends_in_stars(line) and not _is_ornament(line, within is not None):
            return end
    return within.end() if within else first


def _is_ornament(line: str, is_closed: bool) -> bool:
    """Say whether ``line`` is of stars that divide the book: spaced, or under a closed mark."""
    return not line.strip(_STARS_AND_BLANKS) and (is_closed or " " in line.strip())


def _ends_in_stars(line: str) -> bool:
    return line[len(line.rstrip(_STARS_AND_BLANKS)) :].count("*") > 1


def _line_end(text: str, position: int) -> int:
    newline = text.find("\n", position)
    return newline if newline >= 0 else len(text)
