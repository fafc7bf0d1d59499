"""What a Project Gutenberg file says of its book: title and number, and where it disagrees.

The header and the marks are made by different hands, so where their titles share no word the file
may be of another book than its header says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from textgen_plugins.sources.gutenberg_bounds import Bounds
from textgen_plugins.sources.gutenberg_markers import Mark
from textgen_plugins.sources.gutenberg_titles import may_be_one

_TITLE_LINE = re.compile(r"^Title:[ \t]*+(\S[^\n]{0,300})", re.MULTILINE)
_OLD_TITLE = re.compile(
    r"project[ \t]+gutenberg(?:['’]s)?[ \t]+e-?(?:text|book),?[ \t]+(?:of[ \t]+)?\"?"
    r"([^\"\n]{1,300})",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\be-?(?:book|text)\s{1,20}#[ \t]*([0-9]{1,7})\b", re.IGNORECASE)


def title_of(header: str, bounds: Bounds) -> str | None:
    """Return the title that the header gives, else the marks."""
    return _header_title(header) or next(
        (name for name in _names(bounds) if not name.isdecimal()), None
    )


def number_of(header: str, bounds: Bounds) -> int | None:
    """Return the book's number that the header gives, else the marks."""
    found = _NUMBER.search(header)
    if found:
        return int(found.group(1))
    numbers = (int(name) for name in _names(bounds) if name.isdecimal() and name.isascii())
    return next(numbers, None)


def disagreements(header: str, bounds: Bounds) -> Iterator[str]:
    """Yield where the header and the marks name different books."""
    line = _TITLE_LINE.search(header)
    title = line.group(1).strip() if line else ""
    named = [
        ("header", title),
        ("start mark", _name(bounds.start)),
        ("end mark", _name(bounds.finish)),
    ]
    for (place, one), (other_place, other) in combinations(named, 2):
        if not may_be_one(one, other):
            yield (
                f"the {place} names {one[:80]!r}, the {other_place} {other[:80]!r}; "
                "this may be another book, or more than one"
            )
            return
    number = _NUMBER.search(header)
    for name in _names(bounds):
        # Some books have a number for a title.
        if number and name.isdecimal() and name not in (number.group(1), title):
            yield f"the header says that it is book {number.group(1)}, the marks that it is {name}"
            return


def _header_title(header: str) -> str | None:
    for pattern in (_TITLE_LINE, _OLD_TITLE):
        found = pattern.search(header)
        if found:
            return found.group(1).strip(" \t*")
    return None


def _names(bounds: Bounds) -> Iterator[str]:
    """Yield what the marks name: a title, or in recent files a number."""
    yield from filter(None, map(_name, (bounds.start, bounds.finish)))


def _name(mark: Mark | None) -> str:
    return mark.name if mark else ""
