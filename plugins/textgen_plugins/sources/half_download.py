"""Keeps the beginning of a download that broke off, so that only its rest is fetched next time.

A file of one line of JSON, which tells the address and the version of what was there, and then the
bytes. Keeping them is a help, not a duty: where they cannot be written, the download goes on.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


class HalfDownload:
    """What has come so far, in memory and, if it can be gone on with, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self.data = bytearray()
        self.validator = ""

    def load(self, url: str) -> None:
        """Take up what is kept of ``url``, if anything is."""
        self.close()
        self.data, self.validator = bytearray(), ""
        try:
            heading, _, data = self._path.read_bytes().partition(b"\n")
            kept = json.loads(heading)
            if kept["url"] == url and isinstance(kept["validator"], str):
                self.data, self.validator = bytearray(data), kept["validator"]
        except (OSError, ValueError, KeyError, TypeError):
            return

    def begin(self, url: str, validator: str) -> None:
        """Begin with nothing.

        Args:
            url: Where it comes from.
            validator: What tells one version from another; empty where nothing does, so that there
                is no going on.
        """
        self.drop()
        self.validator = validator
        if validator:
            with self._attempt():
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("wb")
                self._file.write(json.dumps({"url": url, "validator": validator}).encode() + b"\n")

    def go_on(self) -> None:
        """Begin where the last attempt ended."""
        self.close()
        with self._attempt():
            self._file = self._path.open("r+b")
            self._file.seek(0, 2)

    def add(self, piece: bytes) -> None:
        """Take in some more."""
        self.data += piece
        if self._file is not None:
            with self._attempt():
                self._file.write(piece)

    def close(self) -> None:
        """Let go of the file, which stays."""
        file, self._file = self._file, None
        if file is not None:
            with self._attempt():
                file.close()

    def drop(self) -> None:
        """Forget what has come so far, and remove the file."""
        self.data, self.validator = bytearray(), ""
        self._remove()

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
