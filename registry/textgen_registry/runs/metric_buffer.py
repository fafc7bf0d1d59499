"""Figures on their way into the database: a second or a hundred points at a time.

A transaction that is safe on the disk takes milliseconds, and training makes a figure at every
turn. What is lost when the process is killed, the loss window, is what came in the last second, and
never more than the last hundred points.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable

from textgen.errors import LeaseLostError, RegistryError, RunNotFoundError
from textgen_registry.records import MetricPoint
from textgen_registry.runs.changes import put_metrics
from textgen_registry.runs.leases import Leases
from textgen_registry.runs.points import checked_point

MOST_POINTS = 100
LONGEST_SECONDS = 1.0


class _Waiting:
    """What one process has yet to store."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.lock = threading.RLock()
        self.points: dict[str, list[MetricPoint]] = {}
        self.timer: threading.Timer | None = None
        self.untold: dict[str, Exception] = {}  # what went wrong when nobody listened


class MetricBuffer:
    """Figures of any number of runs; safe for threads, and a forked process begins with none."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._of_process = _Waiting()

    def add(self, run_id: str, points: Iterable[MetricPoint]) -> None:
        """Take figures; store them when there are enough, or when earlier ones could not be.

        Raises:
            UsageError: One cannot be recorded; none was taken.
            RegistryError: As `flush`; these were taken.
        """
        taken = [checked_point(point) for point in points]
        waiting = self._waiting
        with waiting.lock:
            if taken:
                waiting.points.setdefault(run_id, []).extend(taken)
            if run_id in waiting.untold or len(waiting.points.get(run_id, ())) >= MOST_POINTS:
                self.flush(run_id)
            elif taken and waiting.timer is None:
                waiting.timer = _later(self._flush_unasked)

    def flush(self, run_id: str | None = None) -> None:
        """Store what has come of a run, or of all.

        Raises:
            RunNotFoundError: A run is gone, or in the trash; its figures are let go.
            LeaseLostError: A run is another process's by now; likewise.
            RegistryError: Figures could not be stored; they are kept, and tried again.
        """
        with self._waiting.lock:
            for error in self._store_all([run_id] if run_id else self._unstored()).values():
                raise error

    def flush_at_the_end(self) -> None:
        """Store what has come, when nobody is left to hear of an error: say it on stderr."""
        waiting = sum(map(len, self._waiting.points.values()))
        try:
            self.flush()
        except RegistryError as error:
            sys.stderr.write(f"textgen: of {waiting} figures not all could be recorded: {error}\n")

    def _flush_unasked(self) -> None:
        waiting = self._waiting
        with waiting.lock:
            waiting.timer = None
            # Told where somebody listens: at the next call.
            waiting.untold.update(self._store_all(list(waiting.points)))

    def _unstored(self) -> list[str]:
        return [*self._waiting.points.keys() | self._waiting.untold.keys()]

    def _store_all(self, run_ids: Iterable[str]) -> dict[str, Exception]:
        """Store the figures of runs, and return what went wrong with which."""
        waiting, wrong = self._waiting, {}
        for run_id in run_ids:
            try:
                self._store(run_id)
            except Exception as error:
                wrong[run_id] = error
        if not waiting.points and waiting.timer is not None:
            waiting.timer.cancel()
            waiting.timer = None
        return wrong

    def _store(self, run_id: str) -> None:
        waiting = self._waiting
        untold = waiting.untold.pop(run_id, None)
        points = waiting.points.get(run_id)
        if points:
            try:
                self._leases.write(
                    run_id, lambda connection: put_metrics(connection, run_id, points)
                )
            except (RunNotFoundError, LeaseLostError):
                del waiting.points[run_id]
                raise
            del waiting.points[run_id]
        elif untold is not None:
            raise untold

    @property
    def _waiting(self) -> _Waiting:
        if self._of_process.process != os.getpid():
            self._of_process = _Waiting()
        return self._of_process


def _later(work: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(LONGEST_SECONDS, work)
    timer.daemon = True
    timer.start()
    return timer
