"""Files kept under their own SHA-256: equal contents are stored once, damage is noticed.

Knows bytes and hashes, nothing of runs or of who refers to what. Here is what every store offers,
and the store that is a folder; `s3` has the other.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from textgen.errors import DamagedArtifactError, RegistryError
from textgen.files import sha256_of, write_atomic

LONGEST_WRITE_SECONDS = 3600

_HASH = re.compile(r"[0-9a-f]{64}")


class HalfWritten(NamedTuple):
    """What a writer that died left of an object.

    Attributes:
        place: Where it is.
        size: In bytes.
    """

    place: str
    size: int


class StoredObject(NamedTuple):
    """An object that is there, undamaged or not.

    Attributes:
        sha256: What it is stored under.
        size: In bytes.
        modified: When it was last stored, in microseconds since 1970-01-01 UTC, by the store's
            clock.
    """

    sha256: str
    size: int
    modified: int


class Objects(Protocol):
    """A store of objects, ``sha256/ab/abcdef…`` below some place."""

    def make(self) -> None:
        """Make the store ready for its first object, or say why it cannot be."""

    def put(self, data: bytes) -> str:
        """Store ``data``; no reader ever sees a part of it.

        Returns:
            The SHA-256 of ``data``, to read it by.

        Raises:
            OSError: The object cannot be written; no part of it is then there.
            RegistryError: Likewise, where the store is not a folder of this machine.
        """

    def read(self, sha256: str) -> bytes:
        """Return the object with that hash.

        Raises:
            DamagedArtifactError: The object is missing, or its hash is another.
            OSError: It cannot be read.
            RegistryError: Likewise, where the store is not a folder of this machine.
        """

    def delete(self, sha256: str) -> None:
        """Remove the object with that hash, if it is there."""

    def stored(self) -> Iterator[StoredObject]:
        """Yield every object that is there, in no order."""

    def check(self, sha256: str) -> str | None:
        """Return the hash of what is stored under a hash, or None where nothing is.

        Raises:
            OSError: It cannot be read.
            RegistryError: Likewise, where the store is not a folder of this machine.
        """

    def half_written(self) -> Iterator[HalfWritten]:
        """Yield what writers left behind that can be at it no longer."""

    def discard(self, left: HalfWritten) -> None:
        """Remove what a writer left behind."""

    def where(self, sha256: str) -> str:
        """Return where the object with that hash is, or would be, for people."""


class ObjectStore:
    """A store in a folder."""

    def __init__(self, folder: Path, *, must_be_there: bool = False) -> None:
        """Name a store.

        Args:
            folder: Where the objects are.
            must_be_there: Whether the folder was made with the registry, so that a machine where
                it is missing is another one; otherwise the first object makes it.
        """
        self.folder = folder
        self._must_be_there = must_be_there

    def make(self) -> None:
        """Make the folder, if the first object is not to make it."""
        if self._must_be_there:
            self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Return where the object with that hash is, or would be."""
        return self.folder / "sha256" / sha256[:2] / sha256

    def where(self, sha256: str) -> str:
        """Return where the object with that hash is, or would be, for people."""
        return str(self.path(sha256))

    def put(self, data: bytes) -> str:
        """Store ``data``, unless an intact copy is there already; return its SHA-256."""
        self._require_folder()
        sha256 = sha256_of(data)
        path = self.path(sha256)
        if not (path.is_file() and path.read_bytes() == data):
            write_atomic(path, data)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the object with that hash, checked."""
        self._require_folder()
        try:
            return checked(self.path(sha256).read_bytes(), sha256, self.where(sha256))
        except FileNotFoundError:
            raise damaged(self.where(sha256), sha256, "the file is missing") from None

    def delete(self, sha256: str) -> None:
        """Remove the object with that hash, if it is there."""
        self.path(sha256).unlink(missing_ok=True)

    def check(self, sha256: str) -> str | None:
        """Return the hash of what is stored under a hash, or None where nothing is."""
        self._require_folder()
        try:
            with self.path(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None

    def stored(self) -> Iterator[StoredObject]:
        """Yield every object that is there, in no order."""
        self._require_folder()
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

    def _require_folder(self) -> None:
        if self._must_be_there and not self.folder.is_dir():
            raise RegistryError(
                f"the files of this registry are in the folder {self.folder}, which is not on "
                "this machine. Work where it is, or make it reachable here under that name. A "
                "registry keeps its files where all can reach them if TEXTGEN_ARTIFACTS says "
                "s3://bucket/prefix when it is made."
            )


def checked(data: bytes, sha256: str, where: str) -> bytes:
    """Return ``data`` if it has that hash.

    Raises:
        DamagedArtifactError: It has another.
    """
    found = sha256_of(data)
    if found != sha256:
        raise damaged(where, sha256, f"found sha256 {found}")
    return data


def damaged(where: str, expected: str, found: str) -> DamagedArtifactError:
    """Return the error for an object that is not what was stored."""
    return DamagedArtifactError(
        f"stored file {where} is damaged: expected sha256 {expected}, {found}. "
        "Restore that file from a backup, or train the run again."
    )
