"""Finds where a Project Gutenberg file's book begins and ends: offsets into its text.

The marks changed over thirty years. A start is ``*** START OF …``, or in files before 2003 the
last line of the small print; an end is ``*** END OF …``, or a farewell sentence, or both.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

_GAP = r"(?:[ \t]+|[ \t]*\n[ \t]*)"
_STARS = r"^[ \t]*(?:\*[ \t]*)+"
_OF_GUTENBERG = rf"{_GAP}OF{_GAP}(?:TH(?:E|IS){_GAP})?(?:COPYRIGHTED{_GAP})?PROJECT{_GAP}GUTENBERG"
_FLAGS = re.IGNORECASE | re.MULTILINE

_START = re.compile(rf"{_STARS}START{_OF_GUTENBERG}", _FLAGS)
_END = re.compile(rf"{_STARS}END{_OF_GUTENBERG}", _FLAGS)
_CLOSING_STARS = re.compile(r"\*(?:[ \t]*\*)+")
_SMALL_PRINT_END = re.compile(
    r"^[ \t]*(?:\*[ \t]*){1,4}END[ \t]*\**[ \t]*(?:OF[ \t]+)?THE[ \t]+SMALL[ \t]+PRINT[^\n]*",
    _FLAGS,
)
# A farewell begins its line with a capital, so that a sentence of the book never reads as one.
_FAREWELL = re.compile(
    r"^[^\w\n]*(?:(?:THE|The)[ \t]+)?"
    r"(?:END|End|ENDE|Ende|EINDE|Einde|FIN|Fin|FINE|Fine|FIM|Fim)\b"
    r"[^\n]{0,30}?\b(?i:pro[jy][a-z]*[ \t]+gutenberg)",
    re.MULTILINE,
)
_LICENCE = re.compile(
    r"^(?:Updated editions will replace the previous one"
    r"|[ \t*]*START\W*(?:FULL LICENSE|THE SMALL PRINT))",
    _FLAGS,
)
_MARKER_LINES = 3
_FAREWELL_REACH = 600


@dataclass(frozen=True)
class Bounds:
    """Where the book lies in the text.

    Attributes:
        begin: Offset of its first character.
        end: Offset after its last character.
        start_marker: The words of the mark before it; None when there is no mark.
        end_marker: The words of the mark behind it; None when there is no mark.
        another: Whether a second book begins behind the end.
    """

    begin: int
    end: int
    start_marker: str | None
    end_marker: str | None
    another: bool


def find_bounds(text: str) -> Bounds:
    """Locate the book in ``text``, whose newlines are LF; without marks it is all of it."""
    start = _find_start(text)
    begin = start[1] if start else 0
    end = _find_end(text, begin)
    limit = end[0] if end else len(text)
    if start and not end:
        # Behind a start mark, licence text is no header: it tells the end when no mark does.
        licence = _LICENCE.search(text, begin)
        limit = licence.start() if licence else limit
    return Bounds(
        begin=begin,
        end=limit,
        start_marker=text[slice(*start)] if start else None,
        end_marker=text[slice(*end)] if end else None,
        another=_START.search(text, limit) is not None,
    )


def _find_start(text: str) -> tuple[int, int] | None:
    """Return where the mark before the book begins and ends."""
    marker = _START.search(text)
    if marker:
        return marker.start(), _closing(text, marker.end())
    end = _find_end(text, 0)
    limit = end[0] if end else len(text)
    for small_print in _SMALL_PRINT_END.finditer(text, 0, limit):
        # Since 2003 the small print stood at the foot, where no book follows.
        if text[small_print.end() : limit].strip():
            return small_print.span()
    return None


def _find_end(text: str, begin: int) -> tuple[int, int] | None:
    """Return where the mark behind the book begins and ends, its farewell included."""
    marker = _END.search(text, begin)
    if marker:
        return _with_farewells(text, begin, marker.start()), _closing(text, marker.end())
    last = _last(_FAREWELL.finditer(text, begin))
    if last is None:
        return None
    return _with_farewells(text, begin, last.start()), last.end()


def _with_farewells(text: str, begin: int, end: int) -> int:
    """Pull ``end`` back over farewell sentences that stand directly before it."""
    while True:
        farewell = _last(_FAREWELL.finditer(text, max(begin, end - _FAREWELL_REACH), end))
        if farewell is None or not _is_one_paragraph(text[farewell.start() : end]):
            return end
        end = farewell.start()


def _is_one_paragraph(text: str) -> bool:
    lines = text.strip().split("\n")
    return len(lines) <= _MARKER_LINES and all(line.strip() for line in lines)


def _closing(text: str, position: int) -> int:
    """Return where a marker ends: at its closing stars, at most two lines on, or at its line."""
    line_end = _line_end(text, position)
    limit = line_end
    for _ in range(_MARKER_LINES - 1):
        following = _line_end(text, limit + 1)
        if not text[limit + 1 : following].strip():
            break
        limit = following
    stars = _CLOSING_STARS.search(text, position, limit)
    return stars.end() if stars else line_end


def _line_end(text: str, position: int) -> int:
    newline = text.find("\n", position)
    return newline if newline >= 0 else len(text)


def _last(matches: Iterable[re.Match[str]]) -> re.Match[str] | None:
    found = deque(matches, maxlen=1)
    return found[0] if found else None
