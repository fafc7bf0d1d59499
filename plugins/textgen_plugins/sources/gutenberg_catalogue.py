"""Reads Project Gutenberg's catalogue: a CSV file with a row for each of its 77,000 works.

Pure functions on the file's bytes. A damaged catalogue is refused by the line, so that nobody
takes what cannot be found in it for what does not exist.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from textgen import CatalogueEntry
from textgen_plugins.sources.gutenberg_titles import fold
from textgen_plugins.sources.plain_text import RefusedError

COLUMNS = [
    *("Text#", "Type", "Issued", "Title", "Language"),
    *("Authors", "Subjects", "LoCC", "Bookshelves"),
]
_NUMBER, _TYPE, _TITLE, _LANGUAGE, _AUTHORS, _SUBJECTS, _SHELVES = 0, 1, 3, 4, 5, 6, 8
_BOM = b"\xef\xbb\xbf"
_HEADING = b"Text#,"
_IS_NUMBER = re.compile("[0-9]{1,7}").fullmatch

_GET_AGAIN = (
    "Get it again: textgen sources fetch --again gutenberg:catalogue; "
    "or import a good copy: textgen sources import FILE"
)

Row = list[str]


def is_catalogue(data: bytes) -> bool:
    """Return whether this begins as the catalogue does."""
    return data.removeprefix(_BOM).startswith(_HEADING)


def rows_of(data: bytes, name: str) -> Iterator[Row]:
    """Yield the rows that are texts.

    Args:
        data: The file.
        name: What it is called, for messages.

    Raises:
        RefusedError: A row is not as it should be; its line is named.
    """
    reader = csv.reader(io.StringIO(_decoded(data, name), newline=""), strict=True)
    try:
        if next(reader, None) != COLUMNS:
            raise _damaged(name, 1, f"the columns must be {','.join(COLUMNS)}")
        for row in reader:
            if len(row) != len(COLUMNS) or not _IS_NUMBER(row[_NUMBER]):
                raise _damaged(name, reader.line_num, "a row is a number and eight fields more")
            if row[_TYPE] == "Text":
                yield row
    except csv.Error as error:
        raise _damaged(name, reader.line_num, str(error)) from error


def search(
    data: bytes, name: str, words: Sequence[str], language: str | None
) -> list[CatalogueEntry]:
    """Return the texts in whose title, authors, subjects and shelves all words occur, by number.

    Args:
        data: The catalogue.
        name: What it is called, for messages.
        words: Whole words or parts of them; case and accents do not matter.
        language: The code of a language that the text is in; None: any.

    Raises:
        RefusedError: The catalogue is damaged.
    """
    folded = [fold(word) for word in words]
    wanted = language and language.lower()
    found = []
    for row in rows_of(data, name):
        if wanted and wanted not in row[_LANGUAGE].lower().split("; "):
            continue
        text = fold("\n".join((row[_TITLE], row[_AUTHORS], row[_SUBJECTS], row[_SHELVES])))
        if all(word in text for word in folded):
            found.append(_entry(row))
    return sorted(found, key=lambda entry: int(entry.locator.partition(":")[2]))


def title_of(data: bytes, number: int) -> str | None:
    """Return a book's title, without reading what stands before it; None where it has no row."""
    begin = data.find(b"\n%d,Text," % number) + 1
    if not begin:
        return None
    end = data.find(b"\n%d," % (number + 1), begin)
    text = data[begin : end if end > begin else begin + 10_000].decode("utf-8", "replace")
    row = next(csv.reader(io.StringIO(text, newline="")), [])
    return _one_line(row[_TITLE]) if len(row) > _TITLE else None


def _entry(row: Row) -> CatalogueEntry:
    return CatalogueEntry(
        locator=f"gutenberg:{row[_NUMBER]}",
        title=_one_line(row[_TITLE]),
        authors=_items(row[_AUTHORS]),
        languages=_items(row[_LANGUAGE]),
        subjects=_items(row[_SUBJECTS]),
    )


def _items(field: str) -> tuple[str, ...]:
    return tuple(_one_line(item) for item in field.split(";") if item.strip())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _damaged(name, line, "it is not UTF-8") from error


def _damaged(name: str, line: int, why: str) -> RefusedError:
    return RefusedError(name, f"the catalogue is damaged in line {line} ({why})", _GET_AGAIN)
