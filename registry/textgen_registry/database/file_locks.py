"""Which process trains a run: a lock that the operating system lets go of when the process ends.

It is known on this machine alone, as is a SQLite file.
"""

from __future__ import annotations

import errno
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textgen_registry.database.backend import Claim

if TYPE_CHECKING:
    from filelock import BaseFileLock

_SUFFIX = ".lock"
# Whoever asks whether a run is claimed has its lock for an instant.
_PATIENCE_SECONDS = 0.5
_PAUSE_SECONDS = 0.01


_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class FileLock(NamedTuple):
    """A claim to a run; as nothing ends it but this process, it needs no renewal."""

    lock: BaseFileLock

    def renew(self) -> bool:
        """Return True: this process has the run."""
        return True

    def release(self) -> None:
        """Let another process have the run."""
        self.lock.release()


class FileLocks:
    """One lock file per run, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def claim(self, run_id: str) -> Claim | None:
        """Claim a run for this process; return None where a living process has it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._taken(run_id, patience=_PATIENCE_SECONDS)

    def claimed(self, run_ids: Collection[str]) -> set[str]:
        """Return those of the runs that a living process has."""
        return {run_id for run_id in run_ids if self._is_claimed(run_id)}

    def left(self) -> list[str]:
        """Return the runs of which there is a lock file, be they claimed or not."""
        return sorted(path.stem for path in self._folder.glob(f"*{_SUFFIX}"))

    def forget(self, run_id: str) -> None:
        """Remove the lock file of a run that no living process has.

        While it is locked: who opened it before and locks it afterwards finds that it has no name
        any more, and opens another.
        """
        if not self._path(run_id).exists():
            return
        lock = self._taken(run_id)
        if lock is not None:
            with suppress(PermissionError):  # Windows, where letting go removes it
                self._path(run_id).unlink(missing_ok=True)
            lock.release()

    def _is_claimed(self, run_id: str) -> bool:
        if not self._path(run_id).exists():
            return False
        try:
            lock = self._taken(run_id)
        except OSError as error:
            if error.errno not in _FORBIDDEN:
                raise
            return True  # who may not lock it cannot tell, and must not call the run lost
        if lock is None:
            return True
        lock.release()
        return False

    def _taken(self, run_id: str, *, patience: float = 0) -> FileLock | None:
        import filelock

        # Any thread may let go of it.
        lock = filelock.FileLock(self._path(run_id), thread_local=False)
        try:
            lock.acquire(timeout=patience, poll_interval=_PAUSE_SECONDS)
        except filelock.Timeout:
            return None
        return FileLock(lock)

    def _path(self, run_id: str) -> Path:
        return self._folder / f"{run_id}{_SUFFIX}"
