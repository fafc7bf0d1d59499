"""How a plugin fares when it is imported, tried in a process of its own.

That process may crash, end or never come back; the one that asks goes on. Run as a module, this
file is that process. Knows nothing of what a plugin is for.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import EntryPoint
from time import perf_counter

from textgen.plugins.discovery import Loader
from textgen.plugins.entry_points import GROUP

PATIENCE = 20.0
_HEAVY = ("jax", "matplotlib", "pandas", "scipy", "sklearn", "tensorflow", "torch", "transformers")


@dataclass(frozen=True)
class Probe:
    """What came of importing a plugin.

    Attributes:
        milliseconds: How long it and its hooks took, without what every listing imports anyway;
            None where it did not come back.
        heavy: The slow libraries that it imported.
        trouble: Why it did not come back; empty where it did.
    """

    milliseconds: float | None
    heavy: tuple[str, ...] = ()
    trouble: str = ""


def probe(point: EntryPoint) -> Probe:
    """Import a plugin, and ask what it provides, in a new process."""
    command = [sys.executable, "-P", "-m", "textgen.plugins.import_probe", point.name, point.value]
    path = os.pathsep.join(filter(None, sys.path))
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return Probe(None, trouble=f"its import has not ended after {PATIENCE:g} seconds")
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return Probe(None, trouble=f"its import ends the whole program ({_end(done.returncode)})")
    return Probe(report["milliseconds"], tuple(report["heavy"]))


def _end(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def _probe_here(point: EntryPoint) -> Probe:
    loader, before = Loader(), set(sys.modules)
    start = perf_counter()
    loader.load(point)
    elapsed = perf_counter() - start
    heavy = (sys.modules.keys() - before) & set(_HEAVY)
    return Probe(round(1000 * elapsed, 1), tuple(sorted(heavy)))


def _main() -> None:
    name, value = sys.argv[1:]
    with os.fdopen(os.dup(1), "w") as report:
        os.dup2(2, 1)  # what a plugin prints, by whatever way, is no part of the report
        json.dump(asdict(_probe_here(EntryPoint(name, value, GROUP))), report)


if __name__ == "__main__":
    _main()
