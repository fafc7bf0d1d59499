"""Reads a document in an encoding, whole: whether it fits, its checksums, how long it is."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from textgen import utf8_of
from textgen_plugins.sources.file_bytes import Document
from textgen_plugins.sources.file_encoding import (
    UTF_8,
    Decoder,
    NoTextError,
    WrongEncodingError,
    decode,
    require_windows,
)
from textgen_plugins.sources.file_line_ends import LineEnds
from textgen_plugins.sources.file_sums import Sums
from textgen_plugins.sources.plain_text import is_wide


def sum_up(
    document: Document,
    encoding: str,
    before: Sequence[Sums],
    wrong: WrongEncodingError | None = None,
) -> tuple[list[Sums], int]:
    """Return checksums that go on with a document, and how many characters it has.

    Args:
        document: What to read.
        encoding: How its characters are stored.
        before: Checksums of what was read before; they stay as they are.
        wrong: Where it is not UTF-8, if windows-1252 is a guess.

    Raises:
        WrongEncodingError: The encoding does not fit.
        RefusedError: It is no text, or the guess is not to be trusted.
    """
    after = [sums.copy() for sums in before]
    blocks = text_blocks(document, encoding)
    if wrong:
        blocks = require_windows(blocks, wrong, document.locator)
    if codecs.lookup(encoding).name == UTF_8:
        return after, _sum_utf_8(blocks, document.locator, after)
    return after, sum_text(blocks, lambda them: decode(them, encoding, document.locator), after)


def text_blocks(document: Document, encoding: str) -> Iterator[bytes]:
    """Yield a document's bytes, which hold no NUL where their encoding has no use for it.

    Raises:
        NoTextError: They do.
    """
    may_hold_nul, size = is_wide(encoding), 0
    for block in document.blocks():
        if not may_hold_nul and b"\0" in block:
            kind = f"a binary file (a NUL byte at byte {size + block.index(0)})"
            raise NoTextError(document.locator, kind)
        size += len(block)
        yield block


def _sum_utf_8(blocks: Iterable[bytes], who: str, after: Sequence[Sums]) -> int:
    """Take in bytes that are the text's own but for line ends; encoding it again would be slow."""
    decoder, ends, characters = Decoder(UTF_8, who), LineEnds(b"\r", b"\n"), 0
    for block in chain(blocks, (b"",)):
        text = ends.unify(block, final=not block)
        characters += len(decoder.feed(block)) + len(text) - len(block)
        for sums in after:
            sums.take(block, text)
    return characters


def sum_text(
    blocks: Iterable[bytes],
    decoded: Callable[[Iterable[bytes]], Iterator[str]],
    after: Sequence[Sums],
) -> int:
    """Take a text into checksums; return how many characters it has.

    Args:
        blocks: The bytes that arrive.
        decoded: Makes text of them.
        after: The checksums.
    """

    def taken() -> Iterator[bytes]:
        for block in blocks:
            for sums in after:
                sums.take(block, b"")
            yield block

    characters = 0
    for chunk in decoded(taken()):
        characters += len(chunk)
        text = utf8_of(chunk)
        for sums in after:
            sums.take(b"", text)
    return characters
