"""The members of a zip archive, each a document. Nothing is unpacked to the disk."""

from __future__ import annotations

import stat
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from textgen import SourceError
from textgen_plugins.sources.file_bytes import (
    Document,
    Stamp,
    reading,
    unpacked_blocks,
    unpacking,
)
from textgen_plugins.sources.file_encoding import NoTextError
from textgen_plugins.sources.file_skipped import Skipped

ZIP = ".zip"
_ENCRYPTED = 0x1


def zip_members(path: Path, stamp: Stamp) -> list[Document]:
    """Return the members of an archive, as its directory lists them.

    Raises:
        SourceError: The archive is damaged, holds a path twice, or was made to mislead.
    """
    who = f"file:{path}"
    with reading(path, stamp, who), unpacking(who):
        infos = [info for info in _open(path, stamp).infolist() if not info.is_dir()]
    _check_directory(infos, stamp, who)
    return [_document(path, stamp, info) for info in infos]


def members_below(
    members: Iterable[Document], folder: str, shown_below: str, skipped: Skipped
) -> list[Document]:
    """Return the members in a folder of their archive, but for hidden ones.

    Args:
        members: All of the archive.
        folder: The folder's path, with a slash at its end; empty for the whole archive.
        shown_below: What their names begin with instead.
        skipped: Takes the hidden ones.
    """
    below = []
    for member in members:
        name = member.name.removeprefix(folder)
        if not member.name.startswith(folder):
            continue
        if any(part.startswith(".") for part in name.split("/")):
            skipped.add("hidden", f"{shown_below}{name}")
        else:
            below.append(replace(member, name=f"{shown_below}{name}"))
    return below


def _document(path: Path, stamp: Stamp, info: zipfile.ZipInfo) -> Document:
    origin = f"{path}/{info.filename}"
    blocks = partial(_member_blocks, path, stamp, info, f"file:{origin}")
    return Document(info.filename, f"file:{origin}", origin, blocks, is_named=False)


def _member_blocks(path: Path, stamp: Stamp, info: zipfile.ZipInfo, who: str) -> Iterator[bytes]:
    if stat.S_ISLNK(info.external_attr >> 16):
        raise NoTextError(who, "a link to another file")
    if info.flag_bits & _ENCRYPTED:
        raise SourceError(
            f"{who}: the member is encrypted, and only open text can be read. Unpack the archive "
            "yourself and name the file or folder."
        )
    with reading(path, stamp, who), unpacking(who), _open(path, stamp).open(info) as member:
        yield from unpacked_blocks(member, info.compress_size, who)


# Members are read in turn: without this, each would have the whole directory read again.
@lru_cache(maxsize=1)
def _open(path: Path, stamp: Stamp) -> zipfile.ZipFile:
    """Open an archive; ``stamp`` makes a changed one another."""
    return zipfile.ZipFile(path)


def _check_directory(infos: list[zipfile.ZipInfo], stamp: Stamp, who: str) -> None:
    counts = Counter(info.filename for info in infos)
    for name, count in counts.most_common(1):
        if count == 1:
            break
        raise SourceError(
            f"{who}: {count} members are called {name!r}, and which of them is meant is not known. "
            "Unpack the archive yourself and name the folder."
        )
    if sum(info.compress_size for info in infos) > stamp.size:
        raise SourceError(
            f"{who}: its members overlap, as only those of an archive made to fill disks do. "
            "Do not unpack it."
        )
