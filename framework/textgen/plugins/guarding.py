"""Importing a plugin as if it had not been: what it does to this process is put back.

Not put back is what it did to other modules, and threads that it started.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path


@contextmanager
def put_back() -> Iterator[list[warnings.WarningMessage]]:
    """Let the block print to stderr alone, and put back what it changes of the process.

    Yields:
        The warnings that are raised in it.
    """
    folder, recursion = _current_folder(), sys.getrecursionlimit()
    streams = sys.stdin, sys.stdout, sys.stderr
    try:
        with warnings.catch_warnings(record=True) as caught, redirect_stdout(sys.stderr):
            warnings.simplefilter("always")
            yield caught
    finally:
        sys.setrecursionlimit(recursion)
        sys.stdin, sys.stdout, sys.stderr = streams
        if folder is not None:
            with suppress(OSError):
                os.chdir(folder)


def _current_folder() -> Path | None:
    """Return the current folder; None where it has been deleted."""
    try:
        return Path.cwd()
    except OSError:
        return None
