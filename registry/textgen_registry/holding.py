"""Which process trains a run: a lock that the operating system lets go of when the process ends.

It is known on this machine alone; another one that shares the folder does not see it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textgen.errors import RegistryError
from textgen_registry.problems import reported

if TYPE_CHECKING:
    from filelock import BaseFileLock


def hold(folder: Path, run_id: str) -> BaseFileLock:
    """Hold a run until ``release`` is called or this process ends.

    Args:
        folder: The registry's folder.
        run_id: The run's id.

    Raises:
        RegistryError: Another process holds it.
    """
    with reported(folder):
        lock = _lock(folder, run_id)
        if not _take(lock):
            raise RegistryError(
                f"run {run_id} in the registry at {folder} is being trained by another process, "
                "and only one at a time may train a run. Stop that one first, or wait until it "
                "ends."
            )
    return lock


def is_held(folder: Path, run_id: str) -> bool:
    """Tell whether a living process holds a run."""
    with reported(folder):
        if not _path(folder, run_id).exists():
            return False
        lock = _lock(folder, run_id)
        free = _take(lock)
        lock.release()
        return not free


def forget(folder: Path, run_id: str) -> None:
    """Remove what is left of a lock of a run that is no more."""
    _path(folder, run_id).unlink(missing_ok=True)


def _take(lock: BaseFileLock) -> bool:
    """Take a lock if nobody has it; return whether that worked."""
    from filelock import Timeout

    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True


def _lock(folder: Path, run_id: str) -> BaseFileLock:
    from filelock import FileLock

    path = _path(folder, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path)


def _path(folder: Path, run_id: str) -> Path:
    return folder / "locks" / f"{run_id}.lock"
