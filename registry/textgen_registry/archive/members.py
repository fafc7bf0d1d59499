"""The members of an archive as bytes, none of them trusted.

Only what the format names is there to be read, at most as much as the archive says, and its hash is
checked while it is read. Nothing is ever unpacked: a member's path is looked up, never written to.
Knows zip files, hashes and the manifest, nothing of runs.
"""

from __future__ import annotations

import hashlib
import json
import stat
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import SEEK_END
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from textgen.errors import ArchiveError
from textgen_registry.archive import shapes
from textgen_registry.archive.format import (
    FORMAT,
    LARGEST_DOCUMENT,
    LONGEST_LINE,
    MANIFEST,
    OBJECT_MEMBER,
    RUN_MEMBER,
)
from textgen_registry.marking import unmark

_BLOCK = 1 << 20
_MOST_QUOTED = 100
_ENCRYPTED = 0x1

_COUNTS = shapes.object_of(dict.fromkeys(("runs", "metrics", "objects"), shapes.count))
_MEMBER = shapes.object_of({"sha256": shapes.sha256, "size": shapes.count})
_MANIFEST = shapes.object_of(
    {
        "format": shapes.one_of(FORMAT),
        "textgen": shapes.text,
        "counts": _COUNTS,
        "members": shapes.object_with(_MEMBER),
    }
)


class Members:
    """What is in an archive, by the paths that its manifest tells.

    Attributes:
        manifest: What `format` says of it, checked.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Read the manifest.

        Args:
            file: The archive, which can be read from anywhere.
            name: What to call it in messages.

        Raises:
            ArchiveError: It is no archive of runs, of a newer format, or damaged.
        """
        self._name = name
        with self._told():
            self._zip = ZipFile(file)
        self._infos = {info.filename: info for info in self._zip.infolist()}
        # First, for an archive of a newer format may have members that are unknown here.
        self.manifest: Mapping[str, Any] = self._read_manifest()
        self._require_harmless(file.seek(0, SEEK_END))
        self._require_all()

    def document(self, member: str) -> dict[str, Any]:
        """Return a document that is read as a whole, its hash checked.

        Raises:
            ArchiveError: It is damaged, or no JSON of the kind that an archive holds.
        """
        self._require_small(member)
        return self._decoded(b"".join(self.blocks(member)), member)

    def content(self, member: str) -> bytes:
        """Return the bytes of a member, their hash checked.

        Raises:
            ArchiveError: They are damaged.
        """
        with self._told(), self._zip.open(self._infos[member]) as file:
            data = file.read()
        self._require_hash(member, hashlib.sha256(data).hexdigest())
        return data

    def blocks(self, member: str) -> Iterator[bytes]:
        """Yield the bytes of a member, and check their hash at the end.

        Raises:
            ArchiveError: They are damaged.
        """
        digest = hashlib.sha256()
        with self._told(), self._zip.open(self._infos[member]) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                yield block
        self._require_hash(member, digest.hexdigest())

    def lines(self, member: str) -> Iterator[bytes]:
        """Yield the lines of a member, and check their hash at the end.

        Raises:
            ArchiveError: They are damaged, or one is too long.
        """
        digest = hashlib.sha256()
        with self._told(), self._zip.open(self._infos[member]) as file:
            while line := file.readline(LONGEST_LINE + 1):
                if len(line) > LONGEST_LINE:
                    raise self.error(f"{member} has a line of more than {LONGEST_LINE:,} bytes")
                digest.update(line)
                yield line
        self._require_hash(member, digest.hexdigest())

    def size(self, member: str) -> int | None:
        """Return how many bytes a member has, None where there is none."""
        return self._infos[member].file_size if member in self._infos else None

    def error(self, what: str) -> ArchiveError:
        """Return the error that says what is wrong with the archive."""
        return ArchiveError(
            f"archive {self._name}: {what}. Nothing was imported; get the archive once more from "
            "where it was made."
        )

    def _read_manifest(self) -> dict[str, Any]:
        if MANIFEST not in self._infos:
            raise self.error(f"it has no {MANIFEST}, so it is no archive of textgen's runs")
        self._require_plain(self._infos[MANIFEST])
        self._require_small(MANIFEST)
        with self._told(), self._zip.open(MANIFEST) as file:
            manifest = self._decoded(file.read(), MANIFEST)
        found = manifest.get("format")
        if type(found) is int and found > FORMAT:
            raise ArchiveError(
                f"archive {self._name}: it has format {found}, and this textgen reads formats up "
                f"to {FORMAT}. Nothing was imported; update textgen-framework."
            )
        with self._told():
            _MANIFEST(manifest, MANIFEST)
        return manifest

    def _require_harmless(self, length: int) -> None:
        """Refuse members that no archive has, and more than fit into one of ``length`` bytes."""
        infos = self._zip.infolist()
        for info in infos:
            self._require_plain(info)
            if info is not self._infos[info.filename]:
                raise self.error(f"it has two members {info.filename}")
        # Nothing is compressed, so members that are longer than the archive lie over each other.
        if sum(info.file_size for info in infos) > length:
            raise self.error("its members are larger than the archive itself")

    def _require_plain(self, info: ZipInfo) -> None:
        problem = _problem_of(info)
        if problem is not None:
            raise self.error(f"its member {info.orig_filename[:_MOST_QUOTED]!r} {problem}")

    def _require_all(self) -> None:
        """Refuse members that are missing, that nobody knows of, or of another size."""
        told = self.manifest["members"]
        for member in told.keys() - self._infos.keys():
            raise self.error(f"it lacks the member {member[:_MOST_QUOTED]!r}")
        for member in self._infos.keys() - told.keys() - {MANIFEST}:
            raise self.error(f"its manifest does not know its member {member}")
        for member, entry in told.items():
            if self._infos[member].file_size != entry["size"]:
                raise self.error(f"its member {member} has not the size that its manifest tells")

    def _require_small(self, member: str) -> None:
        if self._infos[member].file_size > LARGEST_DOCUMENT:
            raise self.error(f"its member {member} has more than {LARGEST_DOCUMENT:,} bytes")

    def _require_hash(self, member: str, found: str) -> None:
        if found != self.manifest["members"][member]["sha256"]:
            raise self.error(f"its member {member} is damaged: its sha256 is {found}")

    def _decoded(self, data: bytes, member: str) -> dict[str, Any]:
        with self._told():
            value: dict[str, Any] = decode(data, member)
        return value

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say of any error in reading the archive that it is damaged."""
        try:
            yield
        except shapes.ShapeError as error:
            raise self.error(str(error)) from None
        except _DAMAGE as error:
            raise self.error(f"it is damaged, or no zip file ({error or 'it ends'})") from error
        except OSError as error:
            raise self.error(f"it cannot be read ({error.strerror})") from error


# What zipfile raises, by what it stumbles over.
_DAMAGE = (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, struct.error)


def decode(data: bytes, where: str) -> Any:
    """Return the value of a JSON document, with the floats that are marked in it.

    Raises:
        ShapeError: It is none, or none that an archive may hold.
    """
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise shapes.ShapeError(f"{where} is not JSON") from None
    shapes.plain_object(value, where)
    return unmark(value)


def _refuse(word: str) -> None:
    raise ValueError(word)


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def _problem_of(info: ZipInfo) -> str | None:
    """Return why a member cannot be one of an archive, None where it can."""
    name = info.orig_filename
    if name != MANIFEST and not RUN_MEMBER.fullmatch(name) and not OBJECT_MEMBER.fullmatch(name):
        return "is none that an archive of runs has"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return "is not a file"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type != ZIP_STORED or info.compress_size != info.file_size:
        return "is compressed, and an archive's members are stored as they are"
    return None
