"""Many processes write one registry at once; nothing of theirs may be lost.

    python tests/faults/crowd.py --processes 16 --runs 50 --points 1000

Prints what is there afterwards and how long it took, and exits with 1 if anything is missing, or
if a process was told of a lock.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time

from textgen_registry import MetricPoint, Registry

PLAIN = {"source": "file:x", "tokenizer": "char", "model": "m", "sampler": "s"}
TEXTS = {key: {"a": 1} for key in ["config", "parts", "provenance", "environment", "plan"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--registry", help="where to write (default: a new folder)")
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--runs", type=int, default=50, help="of each process")
    parser.add_argument("--points", type=int, default=1000, help="of each run")
    parser.add_argument("--writer", help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.writer:
        write(Registry(said.registry), said)
        return
    with tempfile.TemporaryDirectory() as folder:
        said.registry = said.registry or folder
        begun = time.monotonic()
        complaints = crowd(said)
        tell(Registry(said.registry), said, complaints, time.monotonic() - begun)


def crowd(said):
    """Let all processes write at once; return what they complained of."""
    command = [sys.executable, "-W", "error", *sys.argv, "--registry", said.registry, "--writer"]
    writers = [
        subprocess.Popen([*command, f"writer-{number}"], stderr=subprocess.PIPE, text=True)
        for number in range(said.processes)
    ]
    return [writer.communicate()[1] for writer in writers]


def write(registry, said):
    """Create runs with figures and a file each, and finish them."""
    for _ in range(said.runs):
        run = registry.create_run(name=None, tags=[said.writer], **PLAIN, **TEXTS).id
        for step in range(said.points):
            registry.add_metrics(run, [MetricPoint(step, 0.0, "loss", 1.0, step)])
        registry.put_artifacts(run, {"own": run.encode(), "shared": b"the same for all"})
        figures = {"best_loss": 1.0, "bits_per_char": 1.0, "summary": {}, "reason": ""}
        registry.finish_run(run, status="finished", step=said.points, **figures)


def tell(registry, said, complaints, seconds):
    """Print what is there, and exit with 1 if that is not all."""
    rows = registry.runs()
    finished = sum(row.status == "finished" for row in rows)
    names = len({row.name for row in rows})
    points = sum(len(registry.metrics(row.id)) for row in rows)
    intact = sum(registry.read_artifact(row.id, "own") == row.id.encode() for row in rows)
    runs = said.processes * said.runs
    told = [complaint for complaint in complaints if complaint]
    print(f"{said.processes} processes, {seconds:.1f} s, {points / seconds:,.0f} points a second")
    print(f"{finished:,} of {runs:,} runs finished, {names:,} names, {intact:,} files intact")
    print(f"{points:,} of {runs * said.points:,} points, {len(told)} complaints")
    print(*told[:3], sep="\n")
    whole = finished == names == intact == runs and points == runs * said.points
    sys.exit(0 if whole and not told else 1)


if __name__ == "__main__":
    main()
