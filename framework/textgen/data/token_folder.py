"""The folder that token ids are kept in: where it is, what it takes, emptied.

Knows nothing of what the entries hold, and imports no numbers: commands that list ask it.
"""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path


def default_folder() -> Path:
    """Return ``tokens`` in ``TEXTGEN_CACHE``, else in the user's cache folder."""
    base = os.environ.get("TEXTGEN_CACHE")
    if base:
        return Path(base).expanduser() / "tokens"
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("textgen")) / "tokens"


class TokenFolder:
    """A folder of entries, each a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def size(self) -> int:
        """Return the bytes of all entries, of those too that are being made."""
        files = (Path(at, name) for at, _, names in os.walk(self.folder) for name in names)
        return sum(map(_size_of, files))

    def clear(self) -> None:
        """Remove all entries; runs that read one, or are making one, go on with it.

        Each is renamed first, so that nobody puts anything into it while it is removed.

        Raises:
            OSError: One cannot be removed.
        """
        for entry in self.folder.iterdir() if self.folder.exists() else ():
            with suppress(FileNotFoundError):  # another process was quicker
                _remove(entry.rename(entry.with_name(f".{secrets.token_hex(4)}.gone")))


def _remove(entry: Path) -> None:
    """Remove an entry, or what else somebody put among them."""
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()


def _size_of(file: Path) -> int:
    """Return a file's bytes; 0 of one that is gone by now."""
    try:
        return file.stat().st_size
    except OSError:
        return 0
