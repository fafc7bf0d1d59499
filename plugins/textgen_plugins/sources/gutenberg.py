"""The source ``gutenberg:<alias or number>``: a book of Project Gutenberg, fetched once.

A book in the cache costs no network request. What is kept there are the bytes as they arrived, so
that better rules of taking the book out apply to old downloads too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from textgen import Corpus, LocatorError, SourceError, corpus_from_text, nearest
from textgen_plugins.sources.gutenberg_cache import BookCache, default_folder
from textgen_plugins.sources.gutenberg_fetch import fetch_book
from textgen_plugins.sources.gutenberg_text import Book, read_book
from textgen_plugins.sources.options import GUTENBERG_ALIASES, GutenbergOptions, check_mirror
from textgen_plugins.sources.plain_text import RefusedError

DEFAULT_MIRRORS = (
    "https://www.gutenberg.org",
    "https://aleph.pglaf.org",
    "https://gutenberg.pglaf.org",
)
_MIRRORS_VARIABLE = "TEXTGEN_GUTENBERG_MIRRORS"


def open_corpus(locator: str, options: GutenbergOptions) -> Corpus:
    """Return the book without Project Gutenberg's header, credits and footer.

    Args:
        locator: An alias or the book's number.
        options: Where to look, and how patiently.

    Raises:
        LocatorError: The locator is neither an alias nor a number.
        SourceError: There is no such book, no mirror can be reached, or what came is no book.
    """
    number = _number_of(locator)
    who = f"gutenberg:{locator}"
    cache = BookCache(options.cache.expanduser() if options.cache else default_folder())
    notes: list[str] = []
    held = cache.get(number)
    data, origin = held or _fetch(number, who, options, cache, notes)
    book = read_book(data, who)
    return corpus_from_text(
        book.text,
        received=data,
        locator=who,
        title=book.title or f"Project Gutenberg book {number}",
        origin=origin,
        cuts=book.cuts,
        licence=book.licence,
        notes=(*notes, *book.notes),
        warnings=(*book.warnings, *_warnings_on_number(book, number)),
    )


def _number_of(locator: str) -> int:
    if locator in GUTENBERG_ALIASES:
        return GUTENBERG_ALIASES[locator]
    if re.fullmatch(r"0*[1-9][0-9]{0,6}", locator):
        return int(locator)
    raise LocatorError(
        f"gutenberg: {locator!r} is neither the number of a book nor an alias of one; "
        f"{nearest(locator, GUTENBERG_ALIASES)} "
        "Numbers stand in the book's address at gutenberg.org; "
        "aliases are listed by: textgen plugins show gutenberg"
    )


def _fetch(
    number: int, who: str, options: GutenbergOptions, cache: BookCache, notes: list[str]
) -> tuple[bytes, str]:
    damaged = cache.holds_damaged(number)
    if damaged:
        notes.append("the copy in the cache was damaged (its sha256 differs); it was fetched again")
    mirrors = options.mirrors or tuple(_mirrors_in_environment()) or DEFAULT_MIRRORS
    try:
        data, origin = fetch_book(number, mirrors, options, _why_no_book)
    except SourceError as error:
        raise SourceError(_no_mirror(who, number, str(error), damaged=damaged)) from error
    try:
        cache.put(number, data, origin)
    except OSError as error:
        notes.append(f"the book could not be kept in the cache: {error}")
    return data, origin


def _why_no_book(data: bytes) -> str | None:
    try:
        read_book(data, "gutenberg")
    except RefusedError as error:
        return error.reason
    return None


def _mirrors_in_environment() -> Iterator[str]:
    for mirror in os.environ.get(_MIRRORS_VARIABLE, "").split(","):
        if mirror.strip():
            try:
                check_mirror(mirror.strip())
            except ValueError as error:
                raise SourceError(f"{_MIRRORS_VARIABLE}: {error}") from error
            yield mirror.strip()


def _no_mirror(who: str, number: int, attempts: str, *, damaged: bool) -> str:
    copy = " The copy in the cache is damaged (its sha256 differs)." if damaged else ""
    return (
        f"{who}: no mirror gave book {number}.{copy} Tried: {attempts}. "
        "Download the book's plain text and import it: "
        "textgen run --source file:PATH --set source.strip=gutenberg; "
        "or name a mirror, a web address or a folder: --set source.mirrors=MIRROR or "
        f"{_MIRRORS_VARIABLE}; or use --source pydoc:topics, which needs no network."
    )


def _warnings_on_number(book: Book, number: int) -> Iterator[str]:
    if book.number is not None and book.number != number:
        yield f"book {number} was asked for, but the file says that it is book {book.number}"
