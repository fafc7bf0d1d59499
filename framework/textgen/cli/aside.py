"""Standard output is a command's own: what plugins print while they work goes to stderr.

It may be a document, or a text, that others read. What a plugin writes past `sys.stdout`, straight
to the file descriptor, is not caught.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def prints_aside() -> Iterator[None]:
    """Send to stderr what is printed meanwhile; also a decorator."""
    with redirect_stdout(sys.stderr):
        yield


def each_aside(items: Iterable[T]) -> Iterator[T]:
    """Yield items, sending to stderr what is printed while each is made, not what is printed since.

    So what is done with an item may print it at once.
    """
    iterator = iter(items)
    while True:
        with prints_aside():
            try:
                item = next(iterator)
            except StopIteration:
                return
        yield item
