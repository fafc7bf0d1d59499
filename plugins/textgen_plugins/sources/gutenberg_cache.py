"""Keeps the raw bytes of downloaded books, each with a record that proves them whole.

A book is two files: ``pg11.txt`` as it arrived and ``pg11.json``, written last, with its sha256.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from textgen import sha256_of, write_atomic


class BookCache:
    """One folder of books, by number."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, number: int) -> tuple[bytes, str] | None:
        """Return a book's bytes and where they came from; None when it is not here, or not whole.

        `holds_damaged` tells the two apart.
        """
        try:
            record = json.loads(self._record_path(number).read_bytes())
            data = self._text_path(number).read_bytes()
            origin, expected = str(record["url"]), record["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return (data, origin) if sha256_of(data) == expected else None

    def holds_damaged(self, number: int) -> bool:
        """Say whether there are files of this book that `get` cannot trust."""
        paths = (self._record_path(number), self._text_path(number))
        return self.get(number) is None and all(path.exists() for path in paths)

    def put(self, number: int, data: bytes, origin: str) -> None:
        """Keep a book.

        Raises:
            OSError: The folder cannot be written; no part of the book is then trusted.
        """
        record = {
            "url": origin,
            "sha256": sha256_of(data),
            "size": len(data),
            "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_atomic(self._text_path(number), data)
        write_atomic(self._record_path(number), json.dumps(record, indent=1).encode())

    def _text_path(self, number: int) -> Path:
        return self._folder / f"pg{number}.txt"

    def _record_path(self, number: int) -> Path:
        return self._folder / f"pg{number}.json"


def default_folder() -> Path:
    """Return the folder for books: in ``TEXTGEN_CACHE``, else in the user's cache folder."""
    base = os.environ.get("TEXTGEN_CACHE")
    if base:
        return Path(base).expanduser() / "gutenberg"
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("textgen")) / "gutenberg"
