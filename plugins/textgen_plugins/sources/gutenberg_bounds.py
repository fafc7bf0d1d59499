"""Decides which of the marks in a Project Gutenberg file bound its book: offsets into its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from textgen_plugins.sources.gutenberg_farewells import (
    find_farewell,
    find_licence,
    is_no_book,
    length_of_unknown,
    without_farewells,
)
from textgen_plugins.sources.gutenberg_headers import end_of_header
from textgen_plugins.sources.gutenberg_markers import (
    END,
    SMALL_PRINT_END,
    SMALL_PRINT_START,
    START,
    Mark,
    mark_at,
)

_NAMES_GUTENBERG = re.compile(r"project\s+gutenberg", re.IGNORECASE)
_BEGINNING = 300
_LONGEST_HEADER = 20_000
_SHORTEST_BOOK = 1_000


@dataclass(frozen=True)
class Bounds:
    """Where the book lies in the text.

    Attributes:
        begin: Offset of its first character.
        end: Offset after its last character.
        start: The mark before it; None when there is none, and its header, if it has one, was
            known by its words.
        finish: The mark or the farewell behind it; None when there is none.
        another: Whether a second book begins behind the end.
        behind: How many characters stand between the end mark and the licence, or what else is
            known to stand there: they may have been of the book.
    """

    begin: int
    end: int
    start: Mark | None
    finish: Mark | None
    another: bool
    behind: int


def find_bounds(text: str) -> Bounds:
    """Locate the book in ``text``, whose newlines are LF; without marks it is all of it."""
    start = _find_start(text)
    begin = start.end if start else 0
    following = _next_book(text, begin, start)
    limit = len(text) if following is None else following
    finish = _find_finish(text, begin, limit, start)
    end = finish.begin if finish else limit
    if finish and not start:
        begin = end_of_header(text, end)
    if start and not finish:
        # Behind a start mark, licence text is no header: it tells the end when no mark does.
        licence = find_licence(text, begin, limit)
        end = limit if licence is None else without_farewells(text, begin, licence)
    behind = length_of_unknown(text, finish.end, limit) if finish else 0
    return Bounds(begin, end, start, finish, following is not None, behind)


def _find_start(text: str) -> Mark | None:
    """Return the mark before the book: of two marks in one header, the later."""
    marker, small_print = START.search(text), _small_print(text)
    start = mark_at(text, marker) if marker else None
    if start is None or small_print is None:
        return start or small_print
    first, second = sorted((start, small_print), key=lambda mark: mark.begin)
    return second if _is_one_header(text, first, second) else first


def _small_print(text: str) -> Mark | None:
    """Return the end of small print that stands before a book."""
    ended = END.search(text)
    limit = ended.start() if ended else len(text)
    last = None
    for found in SMALL_PRINT_END.finditer(text, 0, limit):
        mark = Mark(found.start(), found.end(), found.group())
        # Since 2003 the small print stood at the foot, where no book follows.
        if not text[mark.end : limit].strip():
            break
        if last and not _is_header_again(text, last, mark):
            break
        last = mark
    return last


def _is_header_again(text: str, first: Mark, second: Mark) -> bool:
    """Say whether a header that was put into the file twice stands between two ends of it."""
    begins = text[first.end : second.begin].lstrip()[:_BEGINNING]
    return _NAMES_GUTENBERG.search(begins) is not None and _is_one_header(text, first, second)


def _is_one_header(text: str, first: Mark, second: Mark) -> bool:
    """Say whether no book lies between two marks, the second of which may be small print's end."""
    gap = second.begin - first.end
    if gap > _LONGEST_HEADER or find_farewell(text, first.end, second.begin):
        return False
    is_small_print = SMALL_PRINT_END.match(second.words) is not None
    return not is_small_print or bool(SMALL_PRINT_START.search(text, first.end, second.begin))


def _next_book(text: str, begin: int, start: Mark | None) -> int | None:
    """Return where the marks of a second book begin, behind the end of the first."""
    ended = next(iter(_of_this_book(_end_marks(text, begin, len(text)), start)), None)
    limit = ended.begin if ended else len(text)
    starts = [
        found.start()
        for found in _starts_in(text, begin, limit)
        if _is_behind_farewell(text, begin, found.start())
    ]
    if ended:
        starts += [
            found.start()
            for found in _starts_in(text, ended.end, len(text))
            if _is_behind_mark(text, ended.end, found.start())
        ]
    return min(starts, default=None)


def _starts_in(text: str, begin: int, end: int) -> Iterator[re.Match[str]]:
    """Yield the first of each kind of start that text follows."""
    for kind in (START, SMALL_PRINT_END):
        found = kind.search(text, begin, end)
        if found and text[found.end() :].strip():
            yield found


def _is_behind_farewell(text: str, begin: int, start: int) -> bool:
    farewell = find_farewell(text, max(begin, start - _LONGEST_HEADER), start)
    return farewell is not None and is_no_book(text, farewell[1], start)


def _is_behind_mark(text: str, mark_end: int, start: int) -> bool:
    reach = max(mark_end, start - _LONGEST_HEADER)
    return start - mark_end < _SHORTEST_BOOK or is_no_book(text, reach, start)


def _find_finish(text: str, begin: int, limit: int, start: Mark | None) -> Mark | None:
    """Return what takes leave of the book, from its first farewell on."""
    marks = _end_marks(text, begin, limit)
    if marks:
        mark = _last_before_licence(text, _of_this_book(marks, start), limit)
        farewell_begin = without_farewells(text, begin, mark.begin)
        return Mark(farewell_begin, mark.end, mark.words)
    farewell = find_farewell(text, begin, limit)
    if farewell is None:
        return None
    farewell_begin = without_farewells(text, begin, farewell[0])
    return Mark(farewell_begin, farewell[1], text[slice(*farewell)])


def _end_marks(text: str, begin: int, end: int) -> list[Mark]:
    return [mark_at(text, found) for found in END.finditer(text, begin, end)]


def _of_this_book(marks: list[Mark], start: Mark | None) -> list[Mark]:
    """Return the marks that name what the start names, if any does: others may be quotations."""
    name = start.name.casefold() if start else ""
    return [mark for mark in marks if name and mark.name.casefold() == name] or marks


def _last_before_licence(text: str, marks: list[Mark], limit: int) -> Mark:
    licence = find_licence(text, marks[0].end, limit)
    before = [mark for mark in marks if licence is None or mark.begin < licence]
    return before[-1] if before else marks[0]
