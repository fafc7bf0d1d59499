"""Turns the bytes of a Project Gutenberg file into the book in it, and says what was cut.

Pure functions from bytes to a result: nothing is read or fetched here. What is no book of Project
Gutenberg is refused by what it is, so that no error page or licence reaches a model in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from textgen import Cut
from textgen_plugins.sources.gutenberg_credits import end_of_credits
from textgen_plugins.sources.gutenberg_markers import Bounds, find_bounds
from textgen_plugins.sources.plain_text import RefusedError, decode_strictly, refuse_binary
from textgen_plugins.sources.sniff import html_kind, page_kind

_BOM = b"\xef\xbb\xbf"
_FIRST_WORDS = 8

_TITLE_LINE = re.compile(r"^Title:[ \t]*(\S[^\n]*)", re.MULTILINE)
_OLD_TITLE = re.compile(
    r"project[ \t]+gutenberg(?:['’]s)?[ \t]+e-?(?:text|book),?[ \t]+(?:of[ \t]+)?\"?([^\"\n]+)",
    re.IGNORECASE,
)
_MARKER_TITLE = re.compile(r"GUTENBERG\s*(?:E-?(?:BOOK|TEXT))?[\s,:]*([^*]*)", re.IGNORECASE)
_NUMBER = re.compile(r"\be-?(?:book|text)[ \t]+#[ \t]*([0-9]{1,7})\b", re.IGNORECASE)
_COPYRIGHTED = re.compile(r"copyrighted\s+project\s+gutenberg", re.IGNORECASE)

_GET_TEXT = "Get the book's plain-text file, whose name ends in .txt."
_NAME_ENCODING = (
    "Name the right encoding: "
    "--source file:PATH --set source.strip=gutenberg --set source.encoding=NAME"
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
        licence: What is known about the right to use it.
    """

    text: str
    title: str | None
    number: int | None
    cuts: tuple[Cut, ...]
    notes: tuple[str, ...]
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
    if page := html_kind(data):
        raise RefusedError(who, f"what came is {page}, and a book must be plain text", _GET_TEXT)
    decoded, notes = _decode(data, who, encoding)
    text = re.sub(r"\r+\n|\r", "\n", decoded)
    bounds = find_bounds(text)
    _refuse_unmarked(text, bounds, who)
    return _assemble(text, bounds, notes, who)


def _refuse_unmarked(text: str, bounds: Bounds, who: str) -> None:
    if bounds.start_marker is None and bounds.end_marker is None:
        raise RefusedError(
            who,
            f"what came is {page_kind(text)}: it has neither the start nor the end mark of a "
            "Project Gutenberg book",
            "A plain text of yours is read whole with --source file:PATH",
        )


def _decode(data: bytes, who: str, encoding: str | None) -> tuple[str, list[str]]:
    """Return the text without byte-order marks, and what to note of its encoding."""
    while data.startswith(_BOM):
        data = data.removeprefix(_BOM)
    if encoding is not None:
        return decode_strictly(data, who, encoding, _NAME_ENCODING).lstrip("\ufeff"), []
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            note = "the file ends within a character (a download cut off?); its bytes are left out"
            return data[: error.start].decode("utf-8"), [note]
    note = "the file is not UTF-8; it was read as windows-1252"
    advice = f"It is not UTF-8 either. {_NAME_ENCODING}"
    return decode_strictly(data, who, "windows-1252", advice), [note]


def _assemble(text: str, bounds: Bounds, notes: list[str], who: str) -> Book:
    begin = end_of_credits(text, bounds.begin, bounds.end)
    lines = text[begin : bounds.end].split("\n")
    kept = "\n".join(_without_blank_ends(lines))
    if not kept:
        raise RefusedError(
            who,
            "nothing stands between the start and the end mark, and a book needs a line of text",
            "Get the file again, or choose another.",
        )
    header = text[: bounds.begin]
    before_mark = header.removesuffix(bounds.start_marker or "")
    parts = {
        "header": header,
        "credits": text[bounds.begin : begin],
        "footer": text[bounds.end :],
    }
    return Book(
        text=kept + "\n",
        title=_title(before_mark, bounds),
        number=_number(before_mark, bounds),
        cuts=tuple(_cuts(parts)),
        notes=(*notes, *_notes_on(bounds)),
        licence=_HELD if _COPYRIGHTED.search(header) else _PUBLIC_DOMAIN,
    )


def _without_blank_ends(lines: list[str]) -> list[str]:
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _cuts(parts: dict[str, str]) -> Iterator[Cut]:
    for what, text in parts.items():
        if text.strip():
            begins = " ".join(text[:1000].split()[:_FIRST_WORDS])
            yield Cut(what=what, characters=len(text), begins=begins)


def _notes_on(bounds: Bounds) -> Iterator[str]:
    if bounds.start_marker is None:
        yield "no start mark was found; a header, if there is one, is still in the text"
    if bounds.end_marker is None:
        yield "no end mark was found (a download cut off?); the text may be incomplete"
    if bounds.another:
        yield "a second book begins behind the end mark; only the first was taken"


def _title(header: str, bounds: Bounds) -> str | None:
    """Return the title that the header gives, else the marks."""
    for pattern in (_TITLE_LINE, _OLD_TITLE):
        found = pattern.search(header)
        if found:
            return found.group(1).strip(" \t*")
    for marked in _marked(bounds):
        if not marked.isdecimal():
            return marked
    return None


def _number(header: str, bounds: Bounds) -> int | None:
    """Return the book's number that the header gives, else the marks."""
    found = _NUMBER.search(header)
    if found:
        return int(found.group(1))
    return next((int(marked) for marked in _marked(bounds) if marked.isdecimal()), None)


def _marked(bounds: Bounds) -> Iterator[str]:
    """Yield what the marks name: a title, or in recent files a number."""
    for marker in (bounds.start_marker, bounds.end_marker):
        found = _MARKER_TITLE.search(marker or "")
        words = " ".join(found.group(1).split()) if found else ""
        if words:
            yield words
