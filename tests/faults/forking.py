"""Work in a process of its own that begins at once, with all that is imported here already."""

from __future__ import annotations

import os
import traceback
from pathlib import Path


def begin(work, errors: Path):
    """Begin some work in a forked process, and return the process's number.

    Args:
        work: Returns an exit code, or None for 0.
        errors: The file that gets what it prints.
    """
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        with errors.open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        code = work() or 0
    except SystemExit as stop:
        code = stop.code or 0
    except BaseException:
        errors.write_text(traceback.format_exc())
    finally:
        os._exit(code)


def end(child):
    """Wait for a process, and return its exit code; that of a killed one is negative."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
