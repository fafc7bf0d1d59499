"""What to tell of an error that somebody else's code raised: its type, its message, its place."""

from __future__ import annotations

import os
import traceback
from collections.abc import Collection, Iterator
from pathlib import Path
from types import FrameType


def told(error: BaseException, package: str) -> str:
    """Return an error in one line, with where in the code of ``package`` it arose.

    Args:
        error: The error; its causes are looked through as well.
        package: The import package that the code is in.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"SyntaxError: {error.msg} ({_shown(error.filename)}:{error.lineno})"
    what = " ".join(f"{type(error).__name__}: {error}".split())
    place = _place(error, package)
    return f"{what} ({place})" if place else what


def innermost(error: BaseException, packages: Collection[str]) -> str | None:
    """Return the import package, of those given, in whose code an error arose; None if in none."""
    found = [name for frame, _ in _frames(error) if (name := _package_of(frame)) in packages]
    return found[-1] if found else None


def _place(error: BaseException, package: str) -> str:
    """Return ``file:line`` of the innermost frame of ``package``; empty where there is none."""
    inner = ""
    for frame, line in _frames(error):
        if _package_of(frame) == package:
            inner = f"{_shown(frame.f_code.co_filename)}:{line}"
    return inner


def _package_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _frames(error: BaseException | None) -> Iterator[tuple[FrameType, int]]:
    """Yield the frames that an error came through, those of its causes last."""
    while error is not None:
        yield from traceback.walk_tb(error.__traceback__)
        error = error.__cause__


def _shown(file: str) -> str:
    """Return a path as people say it: from the current folder where that is shorter."""
    try:
        return os.path.relpath(file) if Path(file).is_relative_to(Path.cwd()) else file
    except OSError:  # the current folder has been deleted
        return file
