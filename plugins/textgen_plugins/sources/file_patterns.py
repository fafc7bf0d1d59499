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


def split_pattern(path: Path) -> tuple[Path, tuple[str, ...]]:
    """Return the folder where a pattern begins, and its parts below; none where it is no pattern.

    A part that exists under that very name is no pattern.
    """
    for number, part in enumerate(path.parts):
        if _is_pattern(Path(*path.parts[:number]), part):
            return Path(*path.parts[:number]), path.parts[number:]
    return path, ()


def matching_files(folder: Path, pattern: Sequence[str], skipped: Skipped) -> Iterator[Path]:
    """Yield what matches and is no folder, in no order; one path may come twice.

    ``**`` is any number of folders, links to folders not among them. Hidden files and folders
    match only a part that begins with a dot itself.

    Args:
        folder: Where to look.
        pattern: The parts of the pattern.
        skipped: Takes what matches but is hidden, and links that are not followed.

    Raises:
        OSError: A folder cannot be read.
    """
    pending = [(folder, _without_repeated(pattern))]
    while pending:
        place, (part, *rest) = pending.pop()
        if part == ANY_FOLDERS:
            pending.append((place, rest or ["*"]))
            pending += [(below, [part, *rest]) for below in _folders(place, folder, skipped)]
            continue
        for path in _matching(place, part, folder, skipped):
            if not path.is_dir():
                yield from () if rest else (path,)
            elif rest:
                pending.append((path, rest))


def _without_repeated(pattern: Sequence[str]) -> list[str]:
    """Return the pattern with one ``**`` for several in a row, which match the same, but slowly."""
    before = ["", *pattern]
    return [
        part for part, last in zip(pattern, before, strict=False) if not part == last == ANY_FOLDERS
    ]


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
