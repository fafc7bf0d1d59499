"""A time after which a server is waited for no longer, however it spends it.

Time limits of HTTP libraries are for a single wait: a server that sends a byte now and then, of its
headers too, is never silent for long and never done. Pauses between requests are not its doing, and
take none of its time.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping
from threading import Timer
from time import monotonic
from types import TracebackType
from typing import Any, Self


class Deadline:
    """A block that ends with TimeoutError once the time is over, and its connection with it."""

    def __init__(self, seconds: float) -> None:
        """Allow so many seconds in all, from the end of the first pause on."""
        self._seconds = self._left = seconds
        self._begun = 0.0
        self._is_over = False
        self._timer: Timer | None = None
        self._socket: socket.socket | None = None

    def follow(self, event: str, details: Mapping[str, Any]) -> None:
        """Learn what connection there is; what httpx calls a ``trace``."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = details["return_value"].get_extra_info("socket")
            if self._is_over:
                self._shut_down()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let no time go by during the block."""
        self._stop()
        yield
        self._go_on()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        self._stop()
        if self._is_over and (error is None or isinstance(error, Exception)):
            raise TimeoutError(f"not complete after {self._seconds:g} seconds") from error

    def _go_on(self) -> None:
        self._begun = monotonic()
        self._timer = Timer(max(self._left, 0), self._end)
        self._timer.daemon = True
        self._timer.start()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._left -= monotonic() - self._begun

    def _end(self) -> None:
        self._is_over = True
        self._shut_down()

    def _shut_down(self) -> None:
        """Wake up who reads from it; that of TLS would first let go of what is being read with."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
