"""The shelf of the source ``gutenberg``: its cache, and the catalogue of what could be in it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from textgen import CatalogueEntry, Fetched, LocatorError, ShelfItem, SourceError
from textgen_plugins.sources.gutenberg import numbers_of
from textgen_plugins.sources.gutenberg_catalogue import is_catalogue, rows_of, search
from textgen_plugins.sources.gutenberg_library import Library, Watch
from textgen_plugins.sources.gutenberg_text import read_book
from textgen_plugins.sources.gutenberg_volumes import (
    CATALOGUE,
    CATALOGUE_TITLE,
    Volume,
    book_volume,
)
from textgen_plugins.sources.options import GutenbergOptions
from textgen_plugins.sources.web_download import Arrived, Limits, UnusableError

_CATALOGUE_NAME = "catalogue"


class GutenbergShelf:
    """What `textgen.Shelf` promises, of Project Gutenberg."""

    def __init__(self, options: GutenbergOptions) -> None:
        self._limits = Limits(options.timeout, options.max_bytes)
        self._library = Library(options)
        self._cache = self._library.cache

    def held(self, locator: str | None = None) -> Sequence[ShelfItem]:
        """Return the books by number and the catalogue last, each with what is half fetched."""
        names = self._kept() if locator is None else _meant_by(locator)
        return [item for name in names for item in self._items(name)]

    def catalogue(self) -> ShelfItem | None:
        """Return the catalogue, as it is kept."""
        items = [item for item in self.held(_CATALOGUE_NAME) if item.state != "half"]
        return items[0] if items else None

    def search(
        self, words: Sequence[str], language: str | None, watch: Watch
    ) -> Sequence[CatalogueEntry]:
        """Return the texts in whose rows all words occur, by number."""
        had = self._library.get(CATALOGUE, "gutenberg:catalogue", watch=watch)
        return search(had.data, str(self._cache.folder / CATALOGUE.name), words, language)

    def fetch(self, locator: str, *, again: bool, watch: Watch) -> Sequence[Fetched]:
        """Get books, or the catalogue, and keep them."""
        names = list(_meant_by(locator))
        shares = [_share_of(watch, at, len(names)) for at in range(len(names))]
        return [self._fetch(name, again, share) for name, share in zip(names, shares, strict=True)]

    def take_in(self, path: Path, locator: str | None = None) -> ShelfItem:
        """Keep a copy of a book's file, or of the catalogue."""
        data, when = self._read(path)
        name = _named_by(data, path, locator)
        volume, arrived = _volume_of(name), Arrived(data, str(path.absolute()))
        try:
            self._library.take_in(volume, f"gutenberg:{name}", arrived, when)
        except OSError as error:
            raise self._cannot("be kept", volume, error) from error
        return self._items(name)[0]

    def clear(self, items: Iterable[ShelfItem]) -> None:
        """Remove books, the catalogue, and what is half fetched."""
        for item in items:
            volume = _volume_of(item.locator.partition(":")[2])
            remove = self._cache.remove_half if item.state == "half" else self._cache.remove
            try:
                remove(volume.name)
            except OSError as error:
                raise self._cannot("be removed", volume, error) from error

    def _kept(self) -> Iterator[str]:
        """Yield what locators call the things in the cache."""
        try:
            stems = self._cache.stems()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise SourceError(
                f"gutenberg: the cache {self._cache.folder} cannot be read ({why}). Change its "
                "permissions, or name another folder: --set source.cache=DIR"
            ) from error
        found = [re.fullmatch(r"pg([1-9][0-9]{0,6})", stem) for stem in stems]
        yield from sorted((match[1] for match in found if match), key=int)
        if CATALOGUE.name.partition(".")[0] in stems:
            yield _CATALOGUE_NAME

    def _items(self, name: str) -> list[ShelfItem]:
        """Return what is kept under one name: nothing, a file, a half download, or both."""
        volume = _volume_of(name)
        blank = ShelfItem(f"gutenberg:{name}", "", 0, "", "")
        if volume is CATALOGUE:
            blank = replace(blank, title=CATALOGUE_TITLE, kind="catalogue")
        size, half = self._cache.size(volume.name), self._cache.half_size(volume.name)
        items = [self._file(volume, replace(blank, size=size))] if size else []
        return items + ([replace(blank, size=half, state="half")] if half else [])

    def _file(self, volume: Volume, item: ShelfItem) -> ShelfItem:
        held = self._cache.get(volume.name)
        if held is None:
            return replace(item, state="damaged")
        _, record = held
        title = item.title or record.title
        return replace(item, title=title, as_of=record.as_of, origin=record.url)

    def _fetch(self, name: str, again: bool, watch: Watch) -> Fetched:
        volume = _volume_of(name)
        had = self._library.get(volume, f"gutenberg:{name}", again=again, watch=watch)
        if had.unkept:
            raise SourceError(
                f"gutenberg:{name}: {volume.what} came, but cannot be kept in "
                f"{self._cache.folder} ({had.unkept}). Free some space or change permissions, "
                "or name another folder: --set source.cache=DIR"
            )
        return Fetched(self._items(name)[0], had.outcome)

    def _read(self, path: Path) -> tuple[bytes, datetime]:
        """Return a file's bytes, and when it was written."""
        try:
            status = path.stat()
            if not path.is_file():  # a device may have no end
                raise SourceError(f"{path}: that is no regular file. Name a book's file.")
            self._limits.check_size(status.st_size)
            return path.read_bytes(), datetime.fromtimestamp(status.st_mtime, UTC)
        except UnusableError as error:
            raise SourceError(f"{path}: {error}. Raise that, if this is a book.") from error
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise SourceError(f"{path}: cannot be read ({why}). Check the path.") from error

    def _cannot(self, what: str, volume: Volume, error: OSError) -> SourceError:
        why = error.strerror or type(error).__name__
        return SourceError(
            f"gutenberg: {volume.what} cannot {what} in {self._cache.folder} ({why}). Free some "
            "space or change permissions, or name another folder: --set source.cache=DIR"
        )


def _share_of(watch: Watch, at: int, parts: int) -> Watch:
    """Return what tells ``watch`` of one of several parts as of a share of all."""
    return lambda done: watch((at + done) / parts)


def _meant_by(locator: str) -> Iterator[str]:
    if locator == _CATALOGUE_NAME:
        return iter([_CATALOGUE_NAME])
    return map(str, numbers_of(locator))


def _volume_of(name: str) -> Volume:
    return CATALOGUE if name == _CATALOGUE_NAME else book_volume(int(name))


def _named_by(data: bytes, path: Path, locator: str | None) -> str:
    """Return what locators call that which is in a file.

    Raises:
        LocatorError: Something else, or not one book, is said that it is, or nothing is and the
            file does not tell.
        SourceError: The file is neither a book nor the whole catalogue.
    """
    if is_catalogue(data):
        for _ in rows_of(data, str(path)):
            pass
        if locator not in (None, _CATALOGUE_NAME):
            raise LocatorError(f"{path}: that is the catalogue, not gutenberg:{locator}.")
        return _CATALOGUE_NAME
    book = read_book(data, str(path))
    if locator is None and book.number is None:
        raise LocatorError(
            f"{path}: the file does not say which book it is. Say so: "
            f"textgen sources import {shlex.quote(str(path))} gutenberg:NUMBER"
        )
    numbers = [book.number] if locator is None else numbers_of(locator)
    if len(numbers) > 1:
        raise LocatorError(f"gutenberg:{locator}: a file is one book. Name its number alone.")
    if book.number not in (None, *numbers):
        raise LocatorError(
            f"{path}: the file says that it is book {book.number}, not {numbers[0]}. Keep it as "
            f"what it is: textgen sources import {shlex.quote(str(path))}"
        )
    return str(numbers[0])
