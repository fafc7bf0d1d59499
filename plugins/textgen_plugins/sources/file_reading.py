"""Reads a document once, whole: what it is, its checksums, and how its text is read again."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from textgen import utf8_of
from textgen_plugins.sources.file_any import any_text
from textgen_plugins.sources.file_bytes import Document
from textgen_plugins.sources.file_encoding import (
    UTF_8,
    WINDOWS,
    NoTextError,
    WrongEncodingError,
    decode,
    encoding_of,
    wide_mark,
)
from textgen_plugins.sources.file_summing import sum_text, sum_up, text_blocks
from textgen_plugins.sources.file_sums import Sums
from textgen_plugins.sources.gutenberg_text import Book, read_book
from textgen_plugins.sources.options import AUTO, BYTES, FileOptions
from textgen_plugins.sources.plain_text import RefusedError, is_wide
from textgen_plugins.sources.sniff import binary_kind, html_kind

_HEAD_BYTES = 4096
_OF_GUTENBERG = re.compile(rb"project gutenberg(?:'s)? e-?(?:book|text)", re.IGNORECASE)
_LICENCE_STAYS = (
    "it looks like a file of Project Gutenberg, whose licence is then part of the text; "
    "--set source.strip=gutenberg cuts that off"
)
_LARGEST_BOOK = 64 * 2**20
_PROSE_ENDINGS = {"", ".txt", ".text"}
_GUESSED = f"the text is not {UTF_8}; it was read as {WINDOWS}, which is a guess"
_MARK_STAYS = (
    "the text begins with a byte-order mark (U+FEFF), which stays; "
    "--set source.encoding=utf-8-sig leaves it out"
)

_Read = tuple[Callable[[], Iterator[str]], int, list[Sums], dict[str, Any]]


@dataclass(frozen=True)
class Reading:
    """What is known of a document that was read.

    Attributes:
        document: The document.
        chunks: Reads its text again.
        characters: How many that has.
        facts: What there is to say of it, as fields of `textgen.Provenance`.
    """

    document: Document
    chunks: Callable[[], Iterator[str]]
    characters: int
    facts: Mapping[str, Any]


def read_once(
    document: Document, options: FileOptions, before: Sequence[Sums]
) -> tuple[Reading, list[Sums]]:
    """Read a document whole.

    Args:
        document: What to read.
        options: How.
        before: Checksums of what was read before: the first of nothing, for this document alone.

    Returns:
        What is known of the document, and the checksums that go on with it.

    Raises:
        NoTextError: It is no text.
        SourceError: It is no text in this encoding, is no book, or cannot be read.
    """
    if options.encoding == BYTES:
        return _described(document, _read_bytes(document, before))
    head = _first_bytes(document)
    warnings = _warnings(document, head, strip=options.strip)
    declared = None if options.encoding == AUTO else options.encoding
    read = _read_book if options.strip == "gutenberg" else _read_text
    return _described(document, read(document, head, declared, before), warnings)


def _described(
    document: Document, read: _Read, warnings: tuple[str, ...] = ()
) -> tuple[Reading, list[Sums]]:
    chunks, characters, after, facts = read
    counted = {
        "sha256_received": after[0].received,
        "sha256_text": after[0].text,
        "characters": characters,
    }
    facts["warnings"] = (*warnings, *facts.get("warnings", ()))
    described = {"title": document.name, **facts, **counted}
    return Reading(document, chunks, characters, described), after


def _first_bytes(document: Document) -> bytes:
    head = b""
    for block in document.blocks():
        head += block
        if len(head) >= _HEAD_BYTES:
            break
    return head


def _warnings(document: Document, head: bytes, *, strip: str) -> tuple[str, ...]:
    """Refuse what is no text by its first bytes; warn of what else than a text is in it."""
    kind, page = binary_kind(head), html_kind(head)
    if page and document.is_named and _ending(document) not in _PROSE_ENDINGS:
        return (f"it is {page}: its tags are part of the text",)
    if found := kind or page:
        raise NoTextError(document.locator, found)
    return (_LICENCE_STAYS,) if strip == "none" and _OF_GUTENBERG.search(head) else ()


def _ending(document: Document) -> str:
    return PurePosixPath(document.name).suffix.lower()


def _read_text(
    document: Document, head: bytes, declared: str | None, before: Sequence[Sums]
) -> _Read:
    who = document.locator
    encoding = declared or encoding_of(head, who)
    if (marked := wide_mark(head)) and not is_wide(encoding):
        reason = f"the text is not {encoding}: its byte-order mark is that of {marked}"
        raise RefusedError(who, reason, f"Read it with --set source.encoding={marked}")
    notes = _note_on_mark(head, encoding)
    try:
        after, characters = sum_up(document, encoding, before)
    except WrongEncodingError as wrong:
        if declared or encoding != UTF_8:
            raise
        encoding, notes = WINDOWS, (_GUESSED,)
        after, characters = _guess(document, wrong, before)
    return partial(_text_chunks, document, encoding), characters, after, {"notes": notes}


def _note_on_mark(head: bytes, encoding: str) -> tuple[str, ...]:
    stays = head.startswith(codecs.BOM_UTF8) and codecs.lookup(encoding).name == UTF_8
    return (_MARK_STAYS,) if stays else ()


def _guess(
    document: Document, wrong: WrongEncodingError, before: Sequence[Sums]
) -> tuple[list[Sums], int]:
    try:
        return sum_up(document, WINDOWS, before, wrong)
    except WrongEncodingError as error:
        raise RefusedError(
            document.locator,
            f"the text is neither {UTF_8} (byte {wrong.offset}) nor {WINDOWS} (byte "
            f"{error.offset}), and one encoding must fit all of it",
            "Name the right one, such as: --set source.encoding=cp437",
        ) from error


def _text_chunks(document: Document, encoding: str) -> Iterator[str]:
    return decode(document.blocks(), encoding, document.locator)


def _read_bytes(document: Document, before: Sequence[Sums]) -> _Read:
    after = [sums.copy() for sums in before]
    characters = sum_text(document.blocks(), any_text, after)
    return lambda: any_text(document.blocks()), characters, after, {}


def _read_book(
    document: Document, head: bytes, declared: str | None, before: Sequence[Sums]
) -> _Read:
    after = [sums.copy() for sums in before]
    encoding = declared or wide_mark(head)
    book = _book(document, encoding, after)
    text = utf8_of(book.text)
    for sums in after:
        sums.take(b"", text)
    facts = {"cuts": book.cuts, "licence": book.licence, "notes": book.notes}
    facts["warnings"] = book.warnings
    if book.title:
        facts["title"] = book.title
    return partial(_book_chunks, document, encoding), len(book.text), after, facts


def _book(document: Document, encoding: str | None, sums: Sequence[Sums]) -> Book:
    """Read a book whole, since what is cut off at its end may reach far up.

    Raises:
        RefusedError: It is none, or larger than any.
    """
    blocks, size = [], 0
    for block in text_blocks(document, encoding or UTF_8):
        for each in sums:
            each.take(block, b"")
        blocks.append(block)
        size += len(block)
        if size > _LARGEST_BOOK:
            raise RefusedError(
                document.locator,
                f"it has more than {_LARGEST_BOOK:,} bytes, and no book of Project Gutenberg has",
                "A text that is none is read with --set source.strip=none",
            )
    return read_book(b"".join(blocks), document.locator, encoding)


def _book_chunks(document: Document, encoding: str | None) -> Iterator[str]:
    yield _book(document, encoding, ()).text
