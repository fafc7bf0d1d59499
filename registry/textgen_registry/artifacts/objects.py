"""Files kept under their own SHA-256: equal contents are stored once, damage is noticed.

Knows bytes and hashes, nothing of runs or of who refers to what.
"""

from __future__ import annotations

import time
from collections.abc import Set
from pathlib import Path

from textgen.errors import DamagedArtifactError
from textgen.files import sha256_of, write_atomic

_LONGEST_WRITE_SECONDS = 3600.0


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

    def keep_only(self, named: Set[str]) -> None:
        """Remove all objects but those ``named``, and what writers that died left half-written.

        Only for a caller who knows that nobody begins to store an object meanwhile.
        """
        for path in list(self.folder.glob("sha256/*/*")):
            if path.name not in named and not _is_being_written(path):
                path.unlink(missing_ok=True)

    def _damaged(self, path: Path, expected: str, found: str) -> DamagedArtifactError:
        return DamagedArtifactError(
            f"stored file {path} is damaged: expected sha256 {expected}, {found}. "
            "Restore that file from a backup, or train the run again."
        )


def _is_being_written(path: Path) -> bool:
    """Tell whether a writer may still be at a file that is not complete."""
    try:
        age = time.time() - path.stat().st_mtime
    except FileNotFoundError:  # it is complete by now
        return True
    return path.suffix == ".part" and age < _LONGEST_WRITE_SECONDS
