"""Files kept under their own SHA-256: equal contents are stored once, damage is noticed.

Knows bytes and hashes, nothing of runs or of who refers to what.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from textgen.errors import DamagedArtifactError
from textgen.files import sha256_of, write_atomic

LONGEST_WRITE_SECONDS = 3600

_HASH = re.compile(r"[0-9a-f]{64}")


class StoredObject(NamedTuple):
    """An object as its store lists it.

    Attributes:
        sha256: What it is named by.
        size: In bytes.
        modified: When it was stored, in microseconds since 1970-01-01 UTC.
    """

    sha256: str
    size: int
    modified: int


class HalfWritten(NamedTuple):
    """What a writer that died left of an object.

    Attributes:
        place: Where it is.
        size: In bytes.
    """

    place: str
    size: int


class ObjectStore:
    """A folder of objects: ``<folder>/sha256/ab/abcdef…``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where the object with that hash is, or would be."""
        return self.folder / "sha256" / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Store ``data``, unless an intact copy is there already.

        Returns:
            The SHA-256 of ``data``, to read it by.

        Raises:
            OSError: The object cannot be written; no part of it is then there.
        """
        sha256 = sha256_of(data)
        path = self.path(sha256)
        if not (path.is_file() and path.read_bytes() == data):
            write_atomic(path, data)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the object with that hash.

        Raises:
            DamagedArtifactError: The object is missing, or its hash is another.
            OSError: The file cannot be read.
        """
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise self._damaged(path, sha256, "the file is missing") from None
        found = sha256_of(data)
        if found != sha256:
            raise self._damaged(path, sha256, f"found sha256 {found}")
        return data

    def delete(self, sha256: str) -> None:
        """Remove the object with that hash, if it is there."""
        self.path(sha256).unlink(missing_ok=True)

    def check(self, sha256: str) -> str | None:
        """Return the hash of what is stored under a hash, or None where nothing is.

        Raises:
            OSError: The file cannot be read.
        """
        try:
            with self.path(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None

    def stored(self) -> Iterator[StoredObject]:
        """Yield all objects that are there, in no order."""
        for path, size, modified in self._files("*"):
            if _HASH.fullmatch(path.name):
                yield StoredObject(path.name, size, modified)

    def half_written(self) -> Iterator[HalfWritten]:
        """Yield what writers left behind that can be at it no longer."""
        oldest = (time.time() - LONGEST_WRITE_SECONDS) * 1e6
        for path, size, modified in self._files(".*.part"):
            if modified < oldest:
                yield HalfWritten(str(path), size)

    def discard(self, left: HalfWritten) -> None:
        """Remove what a writer left behind."""
        Path(left.place).unlink(missing_ok=True)

    def _files(self, pattern: str) -> Iterator[tuple[Path, int, int]]:
        """Yield files, each with its size and, in microseconds, when it was last written."""
        for path in self.folder.glob(f"sha256/*/{pattern}"):
            try:
                found = path.stat()
            except FileNotFoundError:  # removed, or complete and renamed, since it was listed
                continue
            yield path, found.st_size, found.st_mtime_ns // 1000

    def _damaged(self, path: Path, expected: str, found: str) -> DamagedArtifactError:
        return DamagedArtifactError(
            f"stored file {path} is damaged: expected sha256 {expected}, {found}. "
            "Restore that file from a backup, or train the run again."
        )
