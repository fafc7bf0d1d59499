"""The bytes of one document, block by block: of a file, a packed file or standard input.

A file is opened anew each time it is read, and must then be what it was when it was found. Knows
nothing of text.
"""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

from textgen import SourceError

BLOCK_BYTES = 2**20

# What unpacks to more than this, and to more than so many times its size, is no text: real ones
# shrink to a tenth, one word repeated for ever to a hundredth or less.
_TRUSTED_BYTES = 16 * 2**20
_TRUSTED_RATIO = 250


@dataclass(frozen=True)
class Document:
    """One text, as bytes.

    Attributes:
        name: What people call it: its path in the folder that is read, with ``/`` throughout.
        locator: What opens it alone ("file:/home/ann/book.txt").
        origin: Where its bytes are.
        blocks: Reads them; each call begins anew. Raises SourceError where that cannot be done.
        is_named: Whether its kind was asked for: by its own name, or by a pattern's ending.
    """

    name: str
    locator: str
    origin: str
    blocks: Callable[[], Iterator[bytes]]
    is_named: bool


@dataclass(frozen=True)
class Stamp:
    """What changes with a file's content."""

    device: int
    inode: int
    size: int
    modified: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Take it from what the system says of a file."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def file_blocks(path: Path, stamp: Stamp, who: str) -> Iterator[bytes]:
    """Yield the bytes of a file."""
    with reading(path, stamp, who), path.open("rb", buffering=0) as file:
        yield from _blocks(file, stamp.size)


# Imported when needed, since a Python may have been built without one of them.
def _gzip(file: IO[bytes]) -> IO[bytes]:
    import gzip

    return cast(IO[bytes], gzip.GzipFile(fileobj=file))


def _bz2(file: IO[bytes]) -> IO[bytes]:
    import bz2

    return bz2.BZ2File(file)


def _xz(file: IO[bytes]) -> IO[bytes]:
    import lzma

    return lzma.LZMAFile(file)


PACKERS = {".gz": _gzip, ".bz2": _bz2, ".xz": _xz}
"""Opens each kind of file that holds one document, packed, by its ending."""


def packed_blocks(path: Path, stamp: Stamp, who: str) -> Iterator[bytes]:
    """Yield what is packed in a file whose ending is one of `PACKERS`."""
    with (
        reading(path, stamp, who),
        path.open("rb") as file,
        unpacking(who),
        PACKERS[path.suffix.lower()](file) as unpacked,
    ):
        yield from unpacked_blocks(unpacked, stamp.size, who)


def unpacked_blocks(unpacked: IO[bytes], packed_size: int, who: str) -> Iterator[bytes]:
    """Yield what comes out of ``packed_size`` bytes.

    Raises:
        SourceError: It is out of all proportion, as only what is made to fill disks is.
    """
    size, most = 0, max(_TRUSTED_BYTES, _TRUSTED_RATIO * packed_size)
    for block in _blocks(unpacked, most + 1):
        size += len(block)
        if size > most:
            raise SourceError(
                f"{who}: {packed_size:,} packed bytes unpack to more than {most:,}, and no text "
                f"shrinks to less than 1/{_TRUSTED_RATIO} of its size. If you trust it, unpack it "
                "yourself and name the file."
            )
        yield block


class Spool:
    """A stream that can be read only once, kept in a temporary file without a name."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  # closed when nobody can read it any more
        weakref.finalize(self, self._file.close)
        while block := stream.read(BLOCK_BYTES):
            self._file.write(block)
        self.size = self._file.tell()

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes; several may read at a time."""
        offset = 0
        while offset < self.size:
            self._file.seek(offset)
            block = self._file.read(BLOCK_BYTES)
            offset += len(block)
            yield block


@contextlib.contextmanager
def reading(path: Path, stamp: Stamp, who: str) -> Iterator[None]:
    """Make sure that a file is the same before and after it is read.

    Raises:
        SourceError: It is not, or it cannot be read.
    """
    try:
        _require_same(path, stamp, who)
        yield
        _require_same(path, stamp, who)
    except OSError as error:
        raise unreadable(error, who) from error


@contextlib.contextmanager
def unpacking(who: str) -> Iterator[None]:
    """Explain what goes wrong within while something is unpacked.

    Raises:
        SourceError: Something did.
        PermissionError: The file may not even be read.
    """
    try:
        yield
    except (SourceError, PermissionError):
        raise
    except Exception as error:  # no list says what damage makes Python's readers raise
        raise SourceError(
            f"{who}: the archive cannot be unpacked ({error}): it is damaged, cut short or of a "
            "kind that Python does not read. Get it again, or unpack it yourself."
        ) from error


def unreadable(error: OSError, who: str) -> SourceError:
    """Return what to say of a file or folder that the system does not give."""
    if isinstance(error, PermissionError):
        return SourceError(f"{who}: you may not read it. Change its permissions, or copy it.")
    return SourceError(f"{who}: cannot be read ({error.strerror or error}). Check the path.")


def _require_same(path: Path, stamp: Stamp, who: str) -> None:
    now = Stamp.of(path.stat())
    if now != stamp:
        sizes = f"it had {stamp.size:,} bytes and now has {now.size:,}"
        raise SourceError(
            f"{who}: the file changed while it was read ({sizes}), and a corpus must stay the "
            "same. Wait until nothing writes to it any more, or read a copy of it."
        )


def _blocks(file: IO[bytes], most: int) -> Iterator[bytes]:
    """Yield at most so many bytes, so that a file that grows as fast as it is read has an end."""
    while most > 0 and (block := file.read(min(BLOCK_BYTES, most))):
        most -= len(block)
        yield block
