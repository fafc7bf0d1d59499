"""What to say of a path where nothing is: why, and which name may have been meant."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection
from pathlib import Path

from textgen import LocatorError, SourceError, nearest
from textgen_plugins.sources.file_documents import is_zip

_MOST_NAMES = 10
_ADDRESS = re.compile(r"file:[A-Za-z][\w+.-]+://")
_MEMBER = re.compile(r"(?i)(.*?\.zip)[!:#]+/*(.*)", re.DOTALL)  # as other programs write one


def missing(path: Path, who: str) -> SourceError:
    """Return the error for a path that does not exist.

    Raises:
        OSError: The system does not even let that be seen.
    """
    with contextlib.suppress(FileNotFoundError):
        path.lstat()
    if _ADDRESS.match(who):
        return LocatorError(
            f"{who}: addresses are not read. Download the text and name its file, file:PATH."
        )
    meant = _member_in(path) or near_in(path.parent, path.name)
    return SourceError(f"{who}: no such file or folder", meant=meant)


def _member_in(path: Path) -> str:
    """Say how a member of an archive is written, where the path is meant to name one."""
    written = _MEMBER.fullmatch(str(path))
    if not written or not is_zip(Path(written[1])):
        return ""
    return f"a member of an archive stands behind a slash: file:{Path(*written.groups())}"


def near_in(folder: Path, name: str) -> str:
    """Say which name in a folder is near ``name``, as the end of a message."""
    names: list[str] = []
    with contextlib.suppress(OSError):
        names = [entry.name for entry in folder.iterdir() if not entry.name.startswith(".")]
    return near(name, names, str(folder))


def near(name: str, names: Collection[str], place: str) -> str:
    """Say which of the names in a place is near ``name``; a long list is not printed."""
    if not names:
        return f"there is no file in {place}."
    said = nearest(name, names)
    listed = len(names) <= _MOST_NAMES or said.startswith("did you mean")
    return said if listed else f"no name in {place} is near it."
