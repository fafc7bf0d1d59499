"""Turns the bytes of a Project Gutenberg file into the book in it, and says what was cut.

Pure functions from bytes to a result: nothing is read or fetched here. What is no book of Project
Gutenberg is refused by what it is, so that no error page or licence reaches a model in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from textgen import Cut
from textgen_plugins.sources.gutenberg_bounds import Bounds, find_bounds
from textgen_plugins.sources.gutenberg_credits import end_of_credits
from textgen_plugins.sources.gutenberg_decoding import Decoded, decode_book
from textgen_plugins.sources.gutenberg_farewells import without_notices
from textgen_plugins.sources.gutenberg_markers import start_directly_after
from textgen_plugins.sources.gutenberg_names import disagreements, number_of, title_of
from textgen_plugins.sources.plain_text import RefusedError, refuse_binary
from textgen_plugins.sources.sniff import page_kind, web_kind

_FIRST_WORDS = 8
_LONGEST_HEADER = 40_000
_LONGEST_AFTERWORD = 400
# DOS closed a text file with the character 1A.
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\x1a\ufeff"

_COPYRIGHTED = re.compile(r"copyrighted\s+project\s+gutenberg", re.IGNORECASE)

_GET_TEXT = (
    "Get the book's plain-text file, whose name ends in .txt; a text in UTF-16 is read with "
    "--source file:PATH --set source.strip=gutenberg --set source.encoding=utf-16"
)
_PUBLIC_DOMAIN = "Project Gutenberg: public domain in the USA; elsewhere the law there decides"
_HELD = "Project Gutenberg: copyrighted; the terms are in the header of the original file"


@dataclass(frozen=True)
class Book:
    """A book taken out of its file.

    Attributes:
        text: The book, from its first line that is not blank to its last, newlines LF.
        title: Its title as the file gives it; None where it gives none.
        number: Its number at Project Gutenberg as the file gives it; None where it gives none.
        cuts: What was removed.
        notes: What a reader should know of the file.
        warnings: What may make it the wrong text.
        licence: What is known about the right to use it.
    """

    text: str
    title: str | None
    number: int | None
    cuts: tuple[Cut, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    licence: str


def read_book(data: bytes, who: str, encoding: str | None = None) -> Book:
    """Take the book out of ``data``.

    Args:
        data: The file's bytes.
        who: Whose bytes they are, for messages (``"gutenberg:alice"``).
        encoding: How characters are stored; None means UTF-8, else windows-1252.

    Raises:
        RefusedError: The bytes are no text, no book of Project Gutenberg, or hold nothing
            between its marks.
    """
    refuse_binary(data, who, encoding or "utf-8", _GET_TEXT)
    if page := web_kind(data):
        raise RefusedError(who, f"what came is {page}, and a book must be plain text", _GET_TEXT)
    decoded = decode_book(data, who, encoding)
    bounds = find_bounds(decoded.text)
    _refuse_unmarked(decoded.text, bounds, who)
    return _assemble(decoded, bounds, who)


def _refuse_unmarked(text: str, bounds: Bounds, who: str) -> None:
    if bounds.start is None and bounds.finish is None:
        raise RefusedError(
            who,
            f"what came is {page_kind(text)}: it has neither the start nor the end mark of a "
            "Project Gutenberg book",
            "A plain text of yours is read whole with --source file:PATH",
        )


def _assemble(decoded: Decoded, bounds: Bounds, who: str) -> Book:
    text = decoded.text
    header = text[: bounds.begin]
    before_mark = text[: bounds.start.begin if bounds.start else bounds.begin]
    title = title_of(before_mark, bounds)
    begin = _begin_of_book(text, bounds, title or "")
    kept, notices = without_notices(text[begin : bounds.end])
    kept = _without_blank_ends(kept)
    if not kept:
        raise RefusedError(
            who,
            "nothing stands between the start and the end mark, and a book needs a line of text",
            "Get the file again, or choose another.",
        )
    parts = {
        "header": header,
        "credits": text[bounds.begin : begin],
        "notices": notices,
        "footer": text[bounds.end :],
    }
    return Book(
        text=kept + "\n",
        title=title,
        number=number_of(before_mark, bounds),
        cuts=tuple(_cuts(parts)),
        notes=decoded.notes,
        warnings=(
            *decoded.warnings,
            *_warnings_on(bounds),
            *disagreements(before_mark, bounds),
        ),
        licence=_HELD if _COPYRIGHTED.search(header) else _PUBLIC_DOMAIN,
    )


def _begin_of_book(text: str, bounds: Bounds, title: str) -> int:
    """Return where credits, and a start mark set once more among them, are over."""
    begin = end_of_credits(text, bounds.begin, bounds.end, title)
    again = start_directly_after(text, begin, bounds.end)
    return end_of_credits(text, again.end, bounds.end, title) if again else begin


def _without_blank_ends(text: str) -> str:
    """Return ``text`` from its first line that is not blank to its last, both whole."""
    first = text.rfind("\n", 0, len(text) - len(text.lstrip(_BLANKS))) + 1
    filled = len(text.rstrip(_BLANKS))
    last = text.find("\n", filled)
    return text[first : last if last >= 0 else len(text)] if filled else ""


def _cuts(parts: dict[str, str]) -> Iterator[Cut]:
    for what, text in parts.items():
        if text.strip():
            begins = " ".join(text[:1000].split()[:_FIRST_WORDS])
            yield Cut(what=what, characters=len(text), begins=begins)


def _warnings_on(bounds: Bounds) -> Iterator[str]:
    if bounds.start is None:
        is_known = " was known by its words" if bounds.begin else ", if any, is still in the text"
        yield f"no start mark was found; the header{is_known}"
    if bounds.finish is None:
        yield "no end mark was found (a download cut off?); the text may be incomplete"
    if bounds.behind > _LONGEST_AFTERWORD:
        yield (
            f"{bounds.behind:,} characters that are no licence stand behind the book's end; "
            "they were left out"
        )
    if bounds.another:
        yield "a second book begins behind the end mark; only the first was taken"
    if bounds.begin > _LONGEST_HEADER:
        yield (
            f"{bounds.begin:,} characters stand before the book, more than any header has; "
            "they were left out"
        )
