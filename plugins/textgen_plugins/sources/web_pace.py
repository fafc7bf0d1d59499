"""One request after the other: how long a web server is left alone before it is asked again.

The time of a request is that of a file for each host, so that all processes of this machine that
share the folder wait for each other.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

_NOT_IN_A_FILE_NAME = re.compile(r"[^\w.-]")


class Pace:
    """The pauses between requests to a host."""

    def __init__(self, folder: Path, pause: float) -> None:
        """Make pauses of ``pause`` seconds; the files are in ``folder``."""
        self._folder = folder
        self._pause = pause
        self._last: dict[str, float] = {}

    def wait(self, host: str) -> None:
        """Return when ``host`` may be asked, and note that it is asked now."""
        if not self._pause:
            return
        path = self._path(host)
        # Whoever waits holds the lock: the next one's pause begins when this one's ends.
        with lock(path.with_suffix(".lock"), patience=None):
            passed = time.time() - max(self._last.get(host, 0.0), _time_of(path))
            # A time that lies ahead is that of a clock that was set back.
            time.sleep(min(max(self._pause - passed, 0.0), self._pause))
            self.note(host)

    def note(self, host: str) -> None:
        """Note that ``host`` is busy with a request of ours, or was until now."""
        if self._pause:
            self._last[host] = time.time()
            with contextlib.suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True)
                self._path(host).touch()

    def _path(self, host: str) -> Path:
        return self._folder / f"{_NOT_IN_A_FILE_NAME.sub('_', host)}.asked"


@contextlib.contextmanager
def lock(path: Path, patience: float | None) -> Iterator[None]:
    """Hold a lock file during the block; where no file can be locked there, do without.

    Args:
        path: The file, which stays.
        patience: How long to wait for another process, in seconds; None: for ever.

    Raises:
        TimeoutError: Another process holds it for longer.
    """
    import filelock

    held = filelock.FileLock(path, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held.acquire(timeout=-1 if patience is None else patience)
    except filelock.Timeout as error:
        raise TimeoutError(f"another process holds {path}") from error
    except (OSError, NotImplementedError):
        yield
        return
    try:
        yield
    finally:
        held.release()


def _time_of(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
