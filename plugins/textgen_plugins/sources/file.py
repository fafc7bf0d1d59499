"""The source ``file:<path>``: texts of yours, of any size.

    file:book.txt              one file; packed ones too, by their ending (.gz, .bz2, .xz)
    file:-                     standard input
    file:shelf                 a folder with all below it, but for hidden files and folders
    file:texts/**/*.txt        what matches a pattern; a name that exists is no pattern
    file:books.zip             all texts in an archive
    file:books.zip/alice.txt   one of them, or a folder of them

A text stays as it is; only line ends become LF. With ``encoding=bytes`` any file is read, and not
one byte changed. Several are read in the order of their names, code point by code point, with ``/``
between folders. Nothing is held in memory but the piece at hand: a text is read once when it is
opened, for its checksum and encoding, and anew whenever it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from textgen import Corpus, SourceError, join_documents, utf8_of
from textgen_plugins.sources.file_encoding import NoTextError
from textgen_plugins.sources.file_finding import Found, find
from textgen_plugins.sources.file_provenance import of_group, of_one
from textgen_plugins.sources.file_reading import Reading, read_once
from textgen_plugins.sources.file_sums import Sums
from textgen_plugins.sources.options import FileOptions, read_separator


@dataclass(frozen=True)
class _Joined:
    """The text of all documents, read anew by each iteration."""

    readings: list[Reading] = field(repr=False)
    separator: str

    def __iter__(self) -> Iterator[str]:
        return join_documents((reading.chunks() for reading in self.readings), self.separator)


def open_corpus(locator: str, options: FileOptions) -> Corpus:
    """Return the text of a file, or of many with a separator between them.

    Args:
        locator: A path, whose ``~`` is the home folder, a pattern, or ``-`` for standard input.
        options: The encoding, what to cut off, and what stands between two documents.

    Raises:
        SourceError: A file cannot be read or is no text in this encoding, or none holds any text.
    """
    found, separator = find(locator), read_separator(options.separator)
    if found.group is None:
        reading, _ = read_once(found.documents[0], options, [Sums()])
        _require_text([reading] if reading.characters else [], found)
        return Corpus(_Joined([reading], separator), of_one(reading))
    readings, total = _read_group(found, options, utf8_of(separator))
    _require_text(readings, found)
    return Corpus(_Joined(readings, separator), of_group(found, readings, total, separator))


def _read_group(found: Found, options: FileOptions, separator: bytes) -> tuple[list[Reading], Sums]:
    """Read all documents; what is no text is left out, as a folder may hold anything."""
    readings: list[Reading] = []
    total = Sums()
    for document in found.documents:
        joined = total.copy()
        if readings:
            joined.take(b"", separator)
        try:
            reading, (_, joined) = read_once(document, options, [Sums(), joined])
        except NoTextError as error:
            found.skipped.add("no text", f"{document.name} ({error.kind})")
            continue
        if reading.characters:
            readings.append(reading)
            total = joined
        else:
            found.skipped.add("empty", document.name)
    return readings, total


def _require_text(readings: list[Reading], found: Found) -> None:
    if not readings:
        what = "the file is empty" if found.group is None else f"no file holds text{found.skipped}"
        raise SourceError(f"{found.locator}: {what}; a corpus needs text. Name another.")
