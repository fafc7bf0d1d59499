"""Keeps the raw bytes of downloaded files, each with a record that proves it whole.

A book is two files: ``pg11.txt`` as it arrived and ``pg11.json``, written last, with its sha256.
A download of it that broke off is ``pg11.half``.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from textgen import SourceError, sha256_of, write_atomic
from textgen_plugins.sources.half_download import HalfDownload
from textgen_plugins.sources.web_download import Arrived

_RECORD, _HALF = ".json", ".half"


@dataclass(frozen=True)
class Record:
    """What is known of a file that is kept.

    Attributes:
        url: Where it came from.
        sha256: Its checksum.
        fetched: When, in ISO 8601.
        title: A name for people.
        etag: What its server called this version, if anything.
        modified: When its server said it was made, if it did.
        checked: When it was last found to be the same at its origin; empty if never.
    """

    url: str
    sha256: str
    fetched: str
    title: str = ""
    etag: str = ""
    modified: str = ""
    checked: str = ""

    @classmethod
    def of(cls, arrived: Arrived, title: str, when: datetime | None = None) -> Record:
        """Return the record of what came, as of ``when``, else of now."""
        return cls(
            url=arrived.origin,
            sha256=sha256_of(arrived.data),
            fetched=_iso(when or datetime.now(UTC)),
            title=title,
            etag=arrived.etag,
            modified=arrived.modified,
        )

    @classmethod
    def read(cls, data: bytes) -> Record:
        """Return a record as it was written, by this textgen or one that notes more.

        Raises:
            ValueError: It is none.
        """
        names = {field.name for field in fields(cls)}
        try:
            noted = {name: text for name, text in json.loads(data).items() if name in names}
            record = cls(**noted)
        except (TypeError, AttributeError, RecursionError) as error:
            raise ValueError("no record of a file") from error
        if not all(isinstance(text, str) for text in noted.values()):
            raise ValueError("no record of a file")
        return record

    @property
    def as_of(self) -> str:
        """When the file was known to be what its origin has."""
        return self.checked or self.fetched


class FileCache:
    """One folder of files, by their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> tuple[bytes, Record] | None:
        """Return a file's bytes and its record; None when it is not here, or not whole.

        `holds_damaged` tells the two apart.
        """
        try:
            record = Record.read(_content(self._path(name, _RECORD)))
            data = _content(self._path(name))
        except (OSError, ValueError):
            return None
        return (data, record) if sha256_of(data) == record.sha256 else None

    def holds_damaged(self, name: str) -> bool:
        """Say whether there are files of this name that `get` cannot trust."""
        sizes = _size_of(self._path(name, _RECORD)), _size_of(self._path(name))
        return None not in sizes and self.get(name) is None

    def put(self, name: str, data: bytes, record: Record) -> None:
        """Keep a file, and forget what is left of a download that broke off.

        Raises:
            OSError: The folder cannot be written; what was kept before is as it was.
        """
        # The record waits beside the file, so that a full disk is met before anything is replaced.
        pending = self.folder / f".{name}.record.part"
        write_atomic(pending, _written(record))
        try:
            write_atomic(self._path(name), data)
            pending.replace(self._path(name, _RECORD))
        finally:
            pending.unlink(missing_ok=True)
        self.half(name).drop()

    def note_unchanged(self, name: str, record: Record) -> Record:
        """Note that a file is the same at its origin.

        Raises:
            OSError: The folder cannot be written.
        """
        checked = replace(record, checked=_iso(datetime.now(UTC)))
        write_atomic(self._path(name, _RECORD), _written(checked))
        return checked

    def half(self, name: str) -> HalfDownload:
        """Return what is left of a download of this name."""
        return HalfDownload(self._path(name, _HALF))

    def stems(self) -> set[str]:
        """Return the names, without their endings, of which there is anything here.

        Raises:
            OSError: The folder cannot be read. Where there is none, nothing is kept.
        """
        try:
            paths = [path for path in self.folder.iterdir() if path.is_file()]
        except FileNotFoundError:
            return set()
        return {path.stem for path in paths if not path.name.startswith(".")}

    def size(self, name: str) -> int:
        """Return how many bytes a file and its record take; 0 where there is neither."""
        return sum(_size_of(self._path(name, suffix)) or 0 for suffix in (None, _RECORD))

    def half_size(self, name: str) -> int:
        """Return how many bytes a download that broke off takes; 0 where there is none."""
        return _size_of(self._path(name, _HALF)) or 0

    def remove(self, name: str) -> None:
        """Remove a file, its record, and what a process that was killed left of either.

        Raises:
            OSError: Something cannot be removed.
        """
        stem = self._path(name).stem
        for path in [
            self._path(name, _RECORD),
            self._path(name),
            *self.folder.glob(f"*.{stem}.*.part"),
        ]:
            path.unlink(missing_ok=True)

    def remove_half(self, name: str) -> None:
        """Remove a download that broke off.

        Raises:
            OSError: It cannot be removed.
        """
        self._path(name, _HALF).unlink(missing_ok=True)

    def _path(self, name: str, suffix: str | None = None) -> Path:
        path = self.folder / name
        return path if suffix is None else path.with_suffix(suffix)


def folder_for_books(named: Path | None) -> Path:
    """Return the folder that is named, else one in ``TEXTGEN_CACHE`` or the user's cache folder.

    Raises:
        SourceError: It begins with ``~`` and no home folder can be found.
    """
    try:
        return named.expanduser() if named else _default_folder()
    except RuntimeError as error:
        raise SourceError(
            f"gutenberg: {named or os.environ.get('TEXTGEN_CACHE')}: no such home folder is known "
            f"({error}). Name the cache by a path without ~: --set source.cache=DIR"
        ) from error


def _default_folder() -> Path:
    base = os.environ.get("TEXTGEN_CACHE")
    if base:
        return Path(base).expanduser() / "gutenberg"
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("textgen")) / "gutenberg"


def _written(record: Record) -> bytes:
    return json.dumps(asdict(record), indent=1).encode()


def _content(path: Path) -> bytes:
    """Return what is in a file; ValueError where it is none and may have no end, as a device."""
    if not path.is_file():
        raise ValueError(f"{path} is no file")
    return path.read_bytes()


def _size_of(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
