"""What is in the way of a new entry of the token cache, removed.

A process that is killed leaves the file that it was writing. The system tells it from one that is
still being written: that one is locked (where files can be locked), or cannot be removed (Windows).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def claim(file: BinaryIO) -> None:
    """Show other processes that a file is being written, until it is closed or this one ends."""
    if fcntl is not None:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def clear_leftovers(folder: Path, names: Iterable[str]) -> None:
    """Remove what nobody writes any more, and folders where files of these names belong."""
    for part in folder.glob(".*.part"):
        with suppress(OSError):
            if not _is_claimed(part):
                part.unlink()
    for name in names:
        if (folder / name).is_dir():
            shutil.rmtree(folder / name, ignore_errors=True)


def _is_claimed(part: Path) -> bool:
    """Return whether a process writes a file; OSError where that cannot be found out."""
    if fcntl is None:
        return False
    with part.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
