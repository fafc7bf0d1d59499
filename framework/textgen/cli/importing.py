"""Ctrl-C while a module is imported: it waits until the import is done, and is not lost.

An extension module that imports others as it is loaded may drop the exception that Ctrl-C raises
there and go on without them, as torch does with numpy: what is left is half imported, and fails
later as if it were broken. Knows no module by name, and imports next to nothing itself, so that it
is in force before there is much to import.
"""

from __future__ import annotations

import atexit
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_IMPORT_SYSTEM = "<frozen importlib._bootstrap>"


@contextmanager
def interrupted_between_imports() -> Iterator[None]:
    """Have Ctrl-C raise KeyboardInterrupt, but not within an import; for a process's whole work.

    Pressed again, it does so wherever it is, so that an import that hangs can be stopped. After the
    block it ends the process without a word, if that still waits for a thread; while Python tidies
    up it changes nothing. Where Ctrl-C is ignored, as in the background of a script, it stays so.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _Interrupt())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)


class _Interrupt:
    """A signal handler that raises KeyboardInterrupt, at once or in the frame that imports."""

    def __init__(self) -> None:
        self._is_held = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        importer = _outermost_importer(frame)
        if importer is None or self._is_held:
            raise KeyboardInterrupt
        self._is_held = True
        # A frame that is traced hears of its next line, of its return and of what is raised in it,
        # if only some function is set to trace new frames, which this one does not.
        importer.f_trace = self._raise
        sys.settrace(lambda *_: None)

    def _raise(self, frame: FrameType, event: str, argument: Any) -> None:
        sys.settrace(None)
        frame.f_trace = None
        self._is_held = False
        raise KeyboardInterrupt


def _outermost_importer(frame: FrameType | None) -> FrameType | None:
    """Return the frame that asked for the import during which ``frame`` runs, if one does."""
    importer = None
    while frame is not None:
        if frame.f_code.co_filename == _IMPORT_SYSTEM:
            importer = frame.f_back
        frame = frame.f_back
    return importer
