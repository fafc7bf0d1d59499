"""What can be fetched from Project Gutenberg and kept: a book, or the catalogue of all.

Knows what each is called, where mirrors keep it, and what is none; not how it is fetched or kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textgen_plugins.sources.gutenberg_catalogue import rows_of
from textgen_plugins.sources.gutenberg_fetch import CATALOGUE_PATHS, paths_of
from textgen_plugins.sources.gutenberg_text import Book, read_book
from textgen_plugins.sources.plain_text import RefusedError
from textgen_plugins.sources.sniff import web_kind
from textgen_plugins.sources.web_download import Arrived

CATALOGUE_TITLE = "catalogue of Project Gutenberg"


@dataclass(frozen=True)
class Volume:
    """What can be fetched and kept.

    Attributes:
        name: Its file in the cache.
        what: What messages call it ("book 11").
        paths: Where mirrors keep it.
        why_not: Says why what came is not it; None when it is.
        title: Reads a title for people from its bytes.
    """

    name: str
    what: str
    paths: Sequence[str]
    why_not: Callable[[Arrived], str | None]
    title: Callable[[bytes], str]


def book_volume(number: int) -> Volume:
    """Return the book of this number."""
    return Volume(
        name=f"pg{number}.txt",
        what=f"book {number}",
        paths=paths_of(number),
        why_not=_why_no_book,
        title=lambda data: read_book(data, "gutenberg").title or "",
    )


def _why_no_book(arrived: Arrived) -> str | None:
    try:
        book = read_book(arrived.data, "gutenberg")
    except RefusedError as error:
        return error.reason
    if not arrived.measured and not _has_end(book):
        return "it has no end mark, and the server did not say how long it is: cut off, perhaps"
    return None


def _has_end(book: Book) -> bool:
    return any(cut.what == "footer" for cut in book.cuts)


def _why_no_catalogue(arrived: Arrived) -> str | None:
    if page := web_kind(arrived.data):
        return f"what came is {page}"
    try:
        for _ in rows_of(arrived.data, CATALOGUE.name):
            pass
    except RefusedError as error:
        return error.reason
    return None


CATALOGUE = Volume(
    name="pg_catalog.csv",
    what="the catalogue",
    paths=CATALOGUE_PATHS,
    why_not=_why_no_catalogue,
    title=lambda data: CATALOGUE_TITLE,
)
