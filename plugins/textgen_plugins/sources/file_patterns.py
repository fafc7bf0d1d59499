"""Which files match a pattern such as ``texts/**/*.txt``.

Unlike Python's own globbing it ends on folders that link to themselves, tells what it leaves out,
and takes a name that exists for what it is, whatever signs are in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from textgen_plugins.sources.file_skipped import Skipped

ANY_FOLDERS = "**"
_WILDCARDS = frozenset("*?[")

_Search = tuple[Path, tuple[str, ...]]
"""A folder, and what is looked for below it."""


def split_pattern(path: Path) -> tuple[Path, tuple[str, ...]]:
    """Return the folder where a pattern begins, and its parts below; none where it is no pattern.

    A part that exists under that very name is no pattern.
    """
    for number, part in enumerate(path.parts):
        if _is_pattern(Path(*path.parts[:number]), part):
            return Path(*path.parts[:number]), path.parts[number:]
    return path, ()


def before_wildcards(path: str) -> str | None:
    """Return the folders of a path before the first part that looks like a pattern; None: no part.

    Args:
        path: With ``/`` between its parts.
    """
    parts = path.split("/")
    for number, part in enumerate(parts):
        if not _WILDCARDS.isdisjoint(part):
            return "/".join(parts[:number])
    return None


def matching_files(folder: Path, pattern: Sequence[str], skipped: Skipped) -> Iterator[Path]:
    """Yield what matches and is no folder, each once, in no order.

    ``**`` is any number of folders, links to folders not among them. Hidden files and folders
    match only a part that begins with a dot itself.

    Args:
        folder: Where to look.
        pattern: The parts of the pattern.
        skipped: Takes what matches but is hidden, and links that are not followed.

    Raises:
        OSError: A folder cannot be read.
    """
    pending, begun = [(folder, tuple(pattern))], set[_Search]()
    while pending:
        search = pending.pop()
        if search in begun:  # several ``**`` lead to one place in more ways than can be counted
            continue
        begun.add(search)
        place, (part, *rest) = search
        if part == ANY_FOLDERS:
            pending.append((place, tuple(rest or "*")))
            pending += [(below, search[1]) for below in _folders(place, folder, skipped)]
            continue
        for path in _matching(place, part, folder, skipped):
            if not path.is_dir():
                yield from () if rest else (path,)
            elif rest:
                pending.append((path, tuple(rest)))


def _folders(place: Path, base: Path, skipped: Skipped) -> Iterator[Path]:
    for entry in _entries(place):
        path = Path(entry.path)
        is_link = entry.is_symlink()
        if not (path.is_dir() if is_link else entry.is_dir()):
            continue
        name = path.relative_to(base).as_posix()
        if entry.name.startswith("."):
            skipped.add("hidden", name)
        elif is_link:
            skipped.add("a link to a folder", name)
        else:
            yield path


def _matching(place: Path, part: str, base: Path, skipped: Skipped) -> Iterator[Path]:
    if not _is_pattern(place, part):
        yield from [place / part] if os.path.lexists(place / part) else []
        return
    for entry in _entries(place):
        if not fnmatch(entry.name, part):
            continue
        if entry.name.startswith(".") and not part.startswith("."):
            skipped.add("hidden", Path(entry.path).relative_to(base).as_posix())
        else:
            yield Path(entry.path)


def _is_pattern(place: Path, part: str) -> bool:
    return not _WILDCARDS.isdisjoint(part) and not os.path.lexists(place / part)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)
