"""The source ``gutenberg:<alias or number>``: books of Project Gutenberg, each fetched once.

Several books, with commas between them, are the documents of one corpus. A book in the cache costs
no network request. What is kept there are the bytes as they arrived, so that better rules of
taking the book out apply to old downloads too.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textgen import (
    Corpus,
    LocatorError,
    Provenance,
    SourceError,
    corpus_from_chunks,
    corpus_from_text,
    join_documents,
    nearest,
)
from textgen_plugins.sources.gutenberg_library import Library
from textgen_plugins.sources.gutenberg_text import Book, read_book
from textgen_plugins.sources.gutenberg_titles import agree
from textgen_plugins.sources.gutenberg_volumes import book_volume
from textgen_plugins.sources.options import (
    GUTENBERG_ALIASES,
    GutenbergOptions,
    read_separator,
)
from textgen_plugins.sources.together import facts_of_all, first_names


def open_corpus(locator: str, options: GutenbergOptions) -> Corpus:
    """Return the books without Project Gutenberg's header, credits and footer.

    Args:
        locator: Aliases or numbers of books, with commas between them.
        options: Where to look, and how patiently.

    Raises:
        LocatorError: The locator is neither an alias nor a number, or names a book twice.
        SourceError: There is no such book, no mirror can be reached, or what came is no book.
    """
    numbers = numbers_of(locator)
    library = Library(options)
    if len(numbers) == 1:
        return _one_book(numbers[0], f"gutenberg:{locator}", library)[1]
    return _several(numbers, f"gutenberg:{locator}", library, read_separator(options.separator))


def numbers_of(locator: str) -> list[int]:
    """Return the numbers of the books that a locator names.

    Raises:
        LocatorError: One is neither an alias nor a number, or is named twice, or is missing.
    """
    names = [name.strip() for name in locator.split(",")]
    if not all(names):
        raise _incomplete(locator)
    numbers = [_number_of(name) for name in names]
    for number, times in Counter(numbers).items():
        if times > 1:
            raise LocatorError(
                f"gutenberg: {locator!r} names book {number} twice; a corpus reads it once. "
                "Leave one of them out."
            )
    return numbers


def _incomplete(locator: str) -> LocatorError:
    """Return the error for a locator that lacks a book where one should be."""
    if not locator.strip(" ,"):
        return LocatorError(
            "gutenberg: no book stands after the colon. Write gutenberg:NUMBER, or an alias such "
            f"as gutenberg:{next(iter(GUTENBERG_ALIASES))}; a book's number is found by: "
            "textgen sources search WORDS"
        )
    return LocatorError(
        f"gutenberg: {locator!r} lacks a book beside a comma. Write one comma between two numbers "
        "or aliases, such as gutenberg:11,12"
    )


def _number_of(name: str) -> int:
    if name in GUTENBERG_ALIASES:
        return GUTENBERG_ALIASES[name]
    if re.fullmatch(r"0*[1-9][0-9]{0,6}", name):
        return int(name)
    raise LocatorError(
        f"gutenberg: {name!r} is neither the number of a book nor an alias of one; "
        f"{nearest(name, GUTENBERG_ALIASES)} "
        "Find a book's number: textgen sources search WORDS; "
        "aliases are listed by: textgen plugins show gutenberg"
    )


def _one_book(number: int, locator: str, library: Library) -> tuple[bytes, Corpus, bool]:
    """Return a book's bytes, the book, and whether it can be read again from the cache."""
    had = library.get(book_volume(number), locator)
    book = read_book(had.data, locator)
    unkept = [f"the book could not be kept in the cache: {had.unkept}"] if had.unkept else []
    corpus = corpus_from_text(
        book.text,
        received=had.data,
        locator=locator,
        title=book.title or f"Project Gutenberg book {number}",
        origin=had.record.url,
        cuts=book.cuts,
        licence=book.licence,
        notes=(*had.notes, *unkept, *book.notes),
        warnings=(*book.warnings, *_warnings(book, number, library)),
    )
    return had.data, corpus, not unkept


def _warnings(book: Book, number: int, library: Library) -> Iterator[str]:
    """Yield what speaks against this being the book that was asked for."""
    if book.number is not None and book.number != number:
        yield f"book {number} was asked for, but the file says that it is book {book.number}"
    listed = library.catalogue_title(number)
    if listed and book.title and not agree(book.title, listed):
        yield f"the catalogue calls book {number} {listed!r}, but the file {book.title!r}"


def _several(numbers: Sequence[int], locator: str, library: Library, separator: str) -> Corpus:
    parts: list[Provenance] = []
    received, unkept = hashlib.sha256(), {}
    for number in numbers:
        data, book, can_be_read_again = _one_book(number, f"gutenberg:{number}", library)
        received.update(data)
        parts.append(book.provenance)
        if not can_be_read_again:
            unkept[number] = book.text()
    return corpus_from_chunks(
        _Books(tuple(numbers), library, separator, unkept),
        sha256_received=received.hexdigest(),
        locator=locator,
        title=first_names([part.title for part in parts], "; "),
        origin=first_names([part.origin for part in parts], "; "),
        **facts_of_all(parts, [part.locator for part in parts]),
    )


@dataclass(frozen=True)
class _Books:
    """The chunks of many books, a book at a time in memory, except for those that are not kept."""

    numbers: Sequence[int]
    library: Library
    separator: str
    unkept: dict[int, str]

    def __iter__(self) -> Iterator[str]:
        return join_documents(([self._text(number)] for number in self.numbers), self.separator)

    def _text(self, number: int) -> str:
        if number in self.unkept:
            return self.unkept[number]
        who = f"gutenberg:{number}"
        held = self.library.cache.get(book_volume(number).name)
        if held is None:
            raise SourceError(
                f"{who}: the book was removed from the cache while it was read. Try again."
            )
        return read_book(held[0], who).text
