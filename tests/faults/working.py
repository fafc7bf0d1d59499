"""Work in a process of its own that begins at once, with all that is imported here already.

What it acknowledges, and what it prints, is in files that outlive it.
"""

from __future__ import annotations

import json
import os
import traceback

from places import WORKER


class Worker:
    """A forked process."""

    def __init__(self, work, folder, *, name="worker"):
        """Begin some work.

        Args:
            work: Called with what it tells by keywords what is stored for good by then; returns an
                exit code, or None for 0.
            folder: Gets the files.
            name: What they are called.
        """
        self._acknowledged = folder / f"{name}-acknowledged"
        self._printed = folder / f"{name}-printed"
        self._acknowledged.touch()
        self.process = os.fork()
        if self.process == 0:
            self._work(work)

    def end(self):
        """Wait for its end, and return its exit code; that of a killed one is negative."""
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def printed(self):
        """Return what it printed, also of an error."""
        return self._printed.read_text()

    def acknowledged(self):
        """Return what it acknowledged, in order."""
        lines = self._acknowledged.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def _work(self, work):
        code = 1
        try:
            os.environ["PGAPPNAME"] = WORKER
            with self._printed.open("w") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            code = work(self._acknowledge) or 0
        except SystemExit as stop:
            code = stop.code or 0
        except BaseException:
            self._printed.write_text(traceback.format_exc())
        finally:
            os._exit(code)

    def _acknowledge(self, **what):
        with self._acknowledged.open("a") as file:
            file.write(f"{json.dumps(what)}\n")
