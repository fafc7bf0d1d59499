"""Many processes write one registry at once; nothing of theirs may be lost.

    python tests/faults/crowd.py --processes 16 --runs 50 --points 1000
    python tests/faults/crowd.py --database postgresql

Prints what is there afterwards and how long it took, and exits with 1 if anything is missing, or
if a process complained, as of a lock. Its columns:

    finished   runs that are shown as finished, of those that there should be
    names      how many names those have
    files      that are what was stored
    points     of metrics
    content    processes that had nothing to complain of
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from places import DATABASES, places
from tables import print_head, print_row

from textgen_registry import MetricPoint, Registry

PLAIN = {"source": "file:x", "tokenizer": "char", "model": "m", "sampler": "s"}
TEXTS = {key: {"a": 1} for key in ["config", "parts", "provenance", "environment", "plan"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--runs", type=int, default=50, help="of each process")
    parser.add_argument("--points", type=int, default=1000, help="of each run")
    parser.add_argument("--writer", nargs=2, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.writer:
        write(Registry(said.writer[0]), said)
        return
    with places(said.database) as make:
        place = make("crowd")
        begun = time.monotonic()
        complaints = crowd(place, said)
        tell(place.open(), said, complaints, time.monotonic() - begun)


def crowd(place, said):
    """Let all processes write at once; return what they complained of."""
    command = [sys.executable, "-W", "error", *sys.argv, "--writer", str(place.registry)]
    writers = [
        subprocess.Popen([*command, f"writer-{number}"], stderr=subprocess.PIPE, text=True)
        for number in range(said.processes)
    ]
    return [writer.communicate()[1] for writer in writers]


def write(registry, said):
    """Create runs with figures and a file each, and finish them."""
    for _ in range(said.runs):
        run = registry.create_run(name=None, tags=said.writer[1:], **PLAIN, **TEXTS).id
        for step in range(said.points):
            registry.add_metrics(run, [MetricPoint(step, 0.0, "loss", 1.0, step)])
        registry.put_artifacts(run, {"own": run.encode(), "shared": b"the same for all"})
        figures = {"best_loss": 1.0, "bits_per_char": 1.0, "summary": {}, "reason": ""}
        registry.finish_run(run, status="finished", step=said.points, **figures)


def tell(registry, said, complaints, seconds):
    """Print what is there, and exit with 1 if that is not all."""
    rows, runs = registry.runs(), said.processes * said.runs
    points = sum(len(registry.metrics(row.id)) for row in rows)
    found = {
        "finished": (sum(row.status == "finished" for row in rows), runs),
        "names": (len({row.name for row in rows}), runs),
        "files": (sum(intact(registry, row.id) for row in rows), runs),
        "points": (points, runs * said.points),
        "content": (sum(not complaint for complaint in complaints), said.processes),
    }
    print_head(f"{said.processes} processes", *found, "seconds", "points/s")
    counts = (f"{count:,} of {all_of_them:,}" for count, all_of_them in found.values())
    print_row(said.database, *counts, round(seconds), round(points / seconds))
    print(*filter(None, complaints), sep="\n")
    sys.exit(0 if all(count == whole for count, whole in found.values()) else 1)


def intact(registry, run_id):
    """Tell whether a run's own file is what was stored."""
    return registry.read_artifact(run_id, "own") == run_id.encode()


if __name__ == "__main__":
    main()
