"""The documents in files that were found, and which of the files hold none."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from textgen import SourceError
from textgen_plugins.sources.file_bytes import (
    PACKERS,
    Document,
    Stamp,
    file_blocks,
    packed_blocks,
)
from textgen_plugins.sources.file_skipped import Skipped
from textgen_plugins.sources.file_zip import ZIP, members_below, zip_members

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def documents_of(path: Path, skipped: Skipped) -> list[Document]:
    """Return what is in a file that was named itself: one document, or an archive's members.

    Args:
        path: The file.
        skipped: Takes an archive's hidden members.

    Raises:
        SourceError: It is no file that can be read twice, or a damaged archive.
    """
    status = _status(path)
    if isinstance(status, str):
        raise SourceError(
            f"file:{path}: that is {status}, and only a file or folder can be read, and read "
            "again. What a program writes is piped into file:-"
        )
    if is_zip(path):
        return members_below(zip_members(path, Stamp.of(status)), "", "", skipped)
    return [_document(path, path.name, Stamp.of(status), is_named=True)]


def documents_among(
    files: Iterable[tuple[str, Path]], ending: str, skipped: Skipped
) -> list[Document]:
    """Return what is in files of a folder or pattern.

    Args:
        files: Their names and paths, in order.
        ending: That of the pattern: archives that end so are unpacked, others stay files.
        skipped: Takes what is no file, and what other names lead to again.

    Raises:
        OSError: The system does not let one be looked at.
        SourceError: One is a damaged archive.
    """
    found: list[Document] = []
    names: dict[tuple[int, int], str] = {}
    for name, path in files:
        status = _status(path)
        if isinstance(status, str):
            skipped.add("no file", f"{name} ({status})")
            continue
        stamp = Stamp.of(status)
        first = names.setdefault((stamp.device, stamp.inode), name)
        if first != name and stamp.inode:  # which is 0 where a file system has none
            skipped.add("read already", f"{name} (as {first})")
            continue
        is_named = path.suffix.lower() == ending.lower()
        if is_named and is_zip(path):
            found += members_below(zip_members(path, stamp), "", f"{name}/", skipped)
        else:
            found.append(_document(path, name, stamp, is_named=is_named))
    return found


def is_zip(path: Path) -> bool:
    """Say whether a path is a file that is called a zip archive."""
    return path.suffix.lower() == ZIP and path.is_file()


def _document(path: Path, name: str, stamp: Stamp, *, is_named: bool) -> Document:
    is_packed = is_named and path.suffix.lower() in PACKERS
    locator = f"file:{path}"
    read = partial(packed_blocks if is_packed else file_blocks, path, stamp, locator)
    return Document(name, locator, str(path), read, is_named)


def _status(path: Path) -> os.stat_result | str:
    """Return what the system knows of a file, or what it is if it is none."""
    try:
        status = path.stat()
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ELOOP}:
            return "a link that leads nowhere"
        raise
    return next((name for is_kind, name in _KINDS if is_kind(status.st_mode)), status)
