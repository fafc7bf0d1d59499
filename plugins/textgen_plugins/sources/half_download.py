"""Keeps the beginning of a download that broke off, so that only its rest is fetched next time.

A file of one line of JSON and then the bytes. The line tells the address and the version of what
was there, and the length and sha256 of what had come when it was last written: only that much is
gone on with, and nothing where it is not what had come. Keeping it is a help, not a duty: where it
cannot be written, the download goes on.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from textgen import sha256_of

_LONGEST = 1 << 63  # bytes; the line leaves room for such a length, so that it can be written anew


class HalfDownload:
    """What has come so far, in memory and, if it can be gone on with, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._url = ""
        self._forget()

    def _forget(self) -> None:
        self.data = bytearray()
        self.validator = ""
        self._digest = hashlib.sha256()

    def load(self, url: str) -> None:
        """Take up what is kept of ``url``, if anything is."""
        self.close()
        self._forget()
        try:
            if not self._path.is_file():  # a device, for one, has no end
                return
            heading, _, rest = self._path.read_bytes().partition(b"\n")
            kept = json.loads(heading)
            data = rest[: kept["size"]]
            is_ours = kept["url"] == url and isinstance(kept["validator"], str)
            if is_ours and sha256_of(data) == kept["sha256"]:
                self._url, self.validator = url, kept["validator"]
                self._take(data)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return

    def begin(self, url: str, validator: str) -> None:
        """Begin with nothing.

        Args:
            url: Where it comes from.
            validator: What tells one version from another; empty where nothing does, so that there
                is no going on.
        """
        self.drop()
        self._url, self.validator = url, validator
        if validator:
            with self._attempt():
                self._path.parent.mkdir(parents=True, exist_ok=True)
            self.go_on()

    def go_on(self) -> None:
        """Begin where the last attempt ended."""
        self.close()
        with self._attempt():
            self._file = self._path.open("wb")
            self._file.write(self._heading() + self.data)

    def add(self, piece: bytes) -> None:
        """Take in some more."""
        self._take(piece)
        if self._file is not None:
            with self._attempt():
                self._file.write(piece)
                self._file.seek(0)
                self._file.write(self._heading())
                self._file.seek(0, 2)

    def close(self) -> None:
        """Let go of the file, which stays."""
        file, self._file = self._file, None
        if file is not None:
            with self._attempt():
                file.close()

    def drop(self) -> None:
        """Forget what has come so far, and remove the file."""
        self._forget()
        self._remove()

    def _take(self, piece: bytes) -> None:
        self.data += piece
        self._digest.update(piece)

    def _heading(self) -> bytes:
        """Return the first line, of the same length however much has come."""
        kept = {
            "url": self._url,
            "validator": self.validator,
            "sha256": self._digest.hexdigest(),
            "size": len(self.data),
        }
        width = len(json.dumps({**kept, "size": _LONGEST}))
        return json.dumps(kept).ljust(width).encode() + b"\n"

    @contextlib.contextmanager
    def _attempt(self) -> Iterator[None]:
        """Do without the file from where it cannot be written."""
        try:
            yield
        except OSError:
            self._remove()

    def _remove(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()
