"""Figures on their way into the database: a second or a hundred points at a time.

A transaction that is safe on the disk takes milliseconds, and training makes a figure at every
turn. What is lost when the process is killed, the loss window, is what came in the last second, and
never more than the last hundred points.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from textgen.errors import LeaseLostError, RegistryError, RunNotFoundError
from textgen_registry.database.database import Database
from textgen_registry.records import MetricPoint
from textgen_registry.runs.changes import put_metrics
from textgen_registry.runs.finding import require_untrashed
from textgen_registry.runs.leases import Leases

MOST_POINTS = 100
LONGEST_SECONDS = 1.0


class MetricBuffer:
    """Figures of any number of runs; safe for threads."""

    def __init__(self, database: Database, leases: Leases) -> None:
        self._database = database
        self._leases = leases
        self._lock = threading.RLock()
        self._points: dict[str, list[MetricPoint]] = {}
        self._timer: threading.Timer | None = None
        self._trouble: Exception | None = None

    def add(self, run_id: str, points: Iterable[MetricPoint]) -> None:
        """Take figures; store them when there are enough.

        Raises:
            RegistryError: Earlier ones could not be stored, or these.
        """
        with self._lock:
            self._complain()
            waiting = self._points.setdefault(run_id, [])
            waiting.extend(points)
            if len(waiting) >= MOST_POINTS:
                self.flush()
            elif waiting and self._timer is None:
                self._timer = _later(self._flush_unasked)

    def flush(self) -> None:
        """Store what has come.

        Raises:
            RunNotFoundError: A run is gone, or in the trash; its figures are let go.
            LeaseLostError: A run is another process's by now; likewise.
            RegistryError: Earlier figures could not be stored, or these; they are kept.
        """
        with self._lock:
            self._complain()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            for run_id in list(self._points):
                try:
                    self._store(run_id, self._points[run_id])
                except (RunNotFoundError, LeaseLostError):
                    del self._points[run_id]
                    raise
                del self._points[run_id]

    def flush_at_the_end(self) -> None:
        """Store what has come, when nobody is left to hear of an error: say it on stderr."""
        try:
            self.flush()
        except RegistryError as error:
            lost = sum(map(len, self._points.values()))
            sys.stderr.write(f"textgen: {lost} figures could not be recorded: {error}\n")

    def _store(self, run_id: str, points: list[MetricPoint]) -> None:
        def put(connection: Connection) -> None:
            require_untrashed(connection, run_id, self._database.location)
            self._leases.require(connection, run_id)
            put_metrics(connection, run_id, points)

        self._database.write(put)

    def _flush_unasked(self) -> None:
        try:
            self.flush()
        except Exception as error:  # told where somebody listens: at the next call
            self._trouble = error

    def _complain(self) -> None:
        if self._trouble is not None:
            trouble, self._trouble = self._trouble, None
            raise trouble


def _later(work: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(LONGEST_SECONDS, work)
    timer.daemon = True
    timer.start()
    return timer
