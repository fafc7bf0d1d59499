"""Fills the disk under a registry, and takes away the right to write to it.

    unshare --map-root-user --mount python tests/faults/storage.py

Needs Linux and a mount of its own (`unshare` gives one to anybody, where the system allows it).
Prints what a person is told, and exits with 1 if anything was lost or the error is not clear.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from checks import look_at
from writing import FIGURES, SETTINGS

from textgen.errors import RegistryError
from textgen_registry import MetricPoint, Registry


def main():
    with tempfile.TemporaryDirectory() as folder, mounted(Path(folder)) as disk:
        told = [*full_disk(disk), *read_only(disk)]
    for expected, message in told:
        print(f"expected {expected!r}: {message}")
    sys.exit(0 if all(expected in message for expected, message in told) else 1)


@contextmanager
def mounted(folder):
    """Mount a disk of three megabytes on a folder."""
    mount("-t", "tmpfs", "-o", "size=3m", "none", folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def mount(*words):
    done = subprocess.run(["mount", *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"cannot mount: {done.stderr.strip()}")


def full_disk(disk):
    """Yield what is told while the disk is full, and check that all is well when it is not."""
    registry = Registry(disk / "registry")
    run = registry.create_run(name="first", **SETTINGS).id
    registry.store_checkpoint(run, {"last.safetensors": b"%08d" % 1}, step=1, **FIGURES)
    filler = disk / "filler"
    fill(filler)
    for attempt in (
        lambda: registry.store_checkpoint(
            run, {"last.safetensors": os.urandom(50_000)}, step=2, **FIGURES
        ),
        lambda: registry.add_metrics(run, points(2000)),
        lambda: Registry(disk / "registry").create_run(name="second", **SETTINGS),
    ):
        yield "the disk is full", refusal(attempt)
    filler.unlink()
    look_at(Registry(disk / "registry"), [{"run": run, "checkpoint": 1}], alive={run})
    registry.store_checkpoint(run, {"last.safetensors": b"%08d" % 2}, step=2, **FIGURES)
    registry.finish_run(run, status="finished", step=2, reason="", **FIGURES)
    look_at(
        Registry(disk / "registry"),
        [{"run": run, "checkpoint": 2, "points": 2000, "finished": True}],
    )


def read_only(disk):
    """Yield what is told where nothing may be written; what is there can be read all the same."""
    mount("-o", "remount,ro", disk)
    registry = Registry(disk / "registry")
    look_at(Registry(disk / "registry"), [])
    yield "permissions", refusal(lambda: registry.create_run(name="third", **SETTINGS))
    yield "permissions", refusal(lambda: registry.check_new_run(name="third"))
    yield "permissions", refusal(lambda: registry.hold(registry.find("first").id))
    mount("-o", "remount,rw", disk)


def fill(filler):
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def points(count):
    return [MetricPoint(step, 0.0, "loss", 1.0, step) for step in range(count)]


def refusal(attempt):
    """Return the error of something that cannot be done."""
    try:
        attempt()
    except RegistryError as error:
        return str(error)
    return "nothing was told"


if __name__ == "__main__":
    main()
