"""Work that Ctrl-C ends, though it is done by a library that keeps signals from its caller.

The library runs in a thread of its own. What it works on is read in the thread that calls, because
not everything may be read in another, a database for one. Knows nothing of tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_MOST_WAITING = 4
_LONGEST_WAIT = 1.0  # seconds
_END = object()


def work_on(items: Iterable[T], work: Callable[[Iterator[T]], object]) -> None:
    """Have ``work`` done on some items.

    Where this thread is interrupted, or cannot read the items, there are no more of them for the
    work, which is left to end by itself if it does not end soon.

    Args:
        items: Read here, a few more than the work has taken.
        work: Takes them from any thread, but one at a time.
    """
    handover, outcome = _Handover[T](), Future[object]()

    def run() -> None:
        try:
            outcome.set_result(work(handover.taken()))
        except BaseException as error:
            outcome.set_exception(error)
        finally:
            handover.leave()

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        handover.give(items)
        outcome.result()
    finally:
        # A thread that comes back from a library while Python ends takes the process down with it.
        handover.stop()
        thread.join(_LONGEST_WAIT)


class _Handover(Generic[T]):
    """Items on their way from one thread to another."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[Any] = SimpleQueue()
        self._room = Semaphore(_MOST_WAITING)
        self._is_left, self._is_stopped = Event(), False

    def give(self, items: Iterable[T]) -> None:
        """Hand over items until there are no more, or nobody takes them."""
        for item in items:
            self._room.acquire()
            if self._is_left.is_set():
                return
            self._waiting.put(item)
        self._waiting.put(_END)

    def taken(self) -> Iterator[T]:
        """Yield the items, until all have been or they are stopped."""
        while (item := self._waiting.get()) is not _END and not self._is_stopped:
            self._room.release()
            yield item
        self.leave()

    def leave(self) -> None:
        """Take no more."""
        self._is_left.set()
        self._room.release()

    def stop(self) -> None:
        """Give no more, and wait until nobody waits for one."""
        self._is_stopped = True
        self._waiting.put(_END)
        self._is_left.wait()
