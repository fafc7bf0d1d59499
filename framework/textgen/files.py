"""Files that appear complete or not at all, and their sha256.

Knows nothing of corpora, runs or models; imports only the standard library.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def write_atomic(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that no reader, and no crash, ever sees a part of it.

    The bytes go to a temporary file in the same folder, are flushed to the disk, and the file is
    renamed into place; then the folder is flushed too. Missing folders are made.

    Raises:
        OSError: The folder or file cannot be written; ``path`` is then as it was before.
    """
    with open_atomic(path) as file:
        file.write(data)


@contextlib.contextmanager
def open_atomic(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write, which appears complete when the block ends, as by `write_atomic`.

    Where the block raises, nothing is left of it. What was written can be read and changed until
    then.

    Raises:
        OSError: The folder or file cannot be written; ``path`` is then as it was before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
    try:
        with temporary.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def write_folder(path: Path, files: Mapping[str, str]) -> None:
    """Write a new folder of text files, which appears with all of them or not at all.

    Args:
        path: The folder, which must not exist.
        files: The text of each file, by its path in the folder.

    Raises:
        OSError: The folder exists, or cannot be written; nothing is left of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    temporary = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
    try:
        for name, text in files.items():
            write_atomic(temporary / name, text.encode("utf-8"))
        temporary.rename(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Flush a folder's entries; where folders cannot be opened (Windows) the rename must do."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
