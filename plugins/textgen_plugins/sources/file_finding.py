"""What follows ``file:`` becomes documents: a file, a folder, a pattern, an archive, a stream.

Looks at names and kinds of files, and into the directories of archives; what the documents hold is
read elsewhere.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from textgen import LocatorError, SourceError
from textgen_plugins.sources.file_bytes import Document, Spool, Stamp, unreadable
from textgen_plugins.sources.file_documents import documents_among, documents_of, is_zip
from textgen_plugins.sources.file_missing import missing, near, near_in
from textgen_plugins.sources.file_patterns import (
    ANY_FOLDERS,
    before_wildcards,
    matching_files,
    split_pattern,
)
from textgen_plugins.sources.file_skipped import Skipped
from textgen_plugins.sources.file_zip import members_below, zip_members

STDIN = "-"


@dataclass(frozen=True)
class Found:
    """The documents that a locator names.

    Attributes:
        documents: In the order in which they are read: by name, code point by code point.
        locator: What finds them again, from any folder.
        origin: Where they are.
        group: A name for all of them; None for one document that was named itself.
        skipped: What lies among them and is none.
    """

    documents: tuple[Document, ...]
    locator: str
    origin: str
    group: str | None = None
    skipped: Skipped = field(default_factory=Skipped)


def find(locator: str) -> Found:
    """Find what a locator names. What exists under that very name comes before a pattern.

    Raises:
        LocatorError: It is empty.
        SourceError: There is no such thing, or it cannot be read, or is no file or folder.
    """
    if locator == STDIN:
        return _stdin()
    if not locator:
        raise LocatorError("file: no path is given. Write --source file:PATH, or file:- for stdin")
    try:
        return _look(Path(locator).expanduser().absolute(), f"file:{locator}")
    except OSError as error:
        raise unreadable(error, f"file:{error.filename or locator}") from error
    except (RuntimeError, ValueError) as error:
        raise SourceError(f"file:{locator}: cannot be read ({error}). Check the path.") from error


def _look(path: Path, who: str) -> Found:
    if path.is_dir():
        return _files(path, (ANY_FOLDERS,), path, path.name or str(path))
    if os.path.lexists(path):
        return _file(path)
    archive = next((above for above in path.parents if is_zip(above)), None)
    if archive:
        return _members(archive, path.relative_to(archive).as_posix())
    folder, pattern = split_pattern(path)
    if not pattern or not folder.is_dir():
        raise missing(folder, who)
    return _files(folder, pattern, path, "/".join((folder.name, *pattern)))


def _stdin() -> Found:
    """Take what is piped in; nobody types a corpus, and a silent wait would look like a fault."""
    who = f"file:{STDIN}"
    if sys.stdin is None or sys.stdin.isatty():
        raise SourceError(
            f"{who}: nothing is piped into standard input. Pipe a text into it, such as: "
            f"textgen run --source {who} < book.txt"
        )
    try:
        spool = Spool(sys.stdin.buffer)
    except OSError as error:
        raise SourceError(
            f"{who}: standard input cannot be kept in a temporary file ({error}). Make room, or "
            "name another folder in TMPDIR."
        ) from error
    if not spool.size:
        raise SourceError(f"{who}: standard input is empty; pipe a text into it.")
    document = Document("standard input", who, "standard input", spool.blocks, is_named=True)
    return Found((document,), who, document.origin)


def _file(path: Path) -> Found:
    skipped = Skipped()
    documents = documents_of(path, skipped)
    if is_zip(path):
        return _group(documents, path, path.name, skipped)
    return Found(tuple(documents), f"file:{path}", str(path))


def _members(archive: Path, wanted: str) -> Found:
    """Find one member of an archive by its path in it, or all in one of its folders."""
    path, skipped = archive / wanted, Skipped()
    members = zip_members(archive, Stamp.of(archive.stat()))
    for member in members:
        if member.name == wanted:
            named = replace(member, name=path.name, is_named=True)
            return Found((named,), member.locator, member.origin)
    inside = members_below(members, f"{wanted}/", "", skipped)
    if not inside and (folder := before_wildcards(wanted)) is not None:
        raise SourceError(
            f"file:{path}: patterns do not reach into archives. Name the archive, or a folder in "
            f"it, whose texts are all read: file:{archive / folder}"
        )
    if not inside:
        close = near(wanted, [member.name for member in members], str(archive))
        raise SourceError(f"file:{path}: the archive has no such member", meant=close)
    return _group(inside, path, f"{archive.name}/{wanted}", skipped)


def _files(folder: Path, pattern: tuple[str, ...], path: Path, group: str) -> Found:
    """Find the files below a folder that match a pattern."""
    skipped = Skipped()
    files = {
        file.relative_to(folder).as_posix(): file
        for file in matching_files(folder, pattern, skipped)
    }
    if not files and path != folder:
        close = near_in(folder, pattern[-1])
        raise SourceError(f"file:{path}: no file matches this pattern{skipped}", meant=close)
    ending = PurePosixPath(pattern[-1]).suffix
    documents = documents_among(sorted(files.items()), ending, skipped)
    return _group(documents, path, group, skipped)


def _group(documents: list[Document], path: Path, group: str, skipped: Skipped) -> Found:
    if not documents:
        raise SourceError(
            f"file:{path}: there is no file to read in it{skipped}. Name a file, a folder with "
            "files, or a pattern such as file:texts/**/*.txt"
        )
    in_order = tuple(sorted(documents, key=lambda document: document.name))
    return Found(in_order, f"file:{path}", str(path), group, skipped)
