"""Ctrl-C: what was stopped says what it leaves; training stops after the current step.

A second Ctrl-C stops training at once.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from textgen.cli.workspace import tell

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_if_stopped(leaves: Callable[[], str] = lambda: "nothing was changed") -> Iterator[None]:
    """Where Ctrl-C ends the block, tell so on a line of its own, and what it leaves.

    Args:
        leaves: Returns what has been changed, or that nothing has.
    """
    try:
        yield
    except KeyboardInterrupt:
        below_the_echo = "\n" if sys.stderr.isatty() else ""  # a terminal has shown ^C
        tell(f"{below_the_echo}stopped; {leaves()}")
        raise


@contextmanager
def stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether a stop was asked for by Ctrl-C or SIGTERM.

    Raises:
        KeyboardInterrupt: A second signal came.
    """
    asked = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        tell("stopping; once more stops at once")

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
