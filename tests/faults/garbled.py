"""Reads garbled bytes and garbled books through every source and tokenizer.

    python tests/faults/garbled.py --cases 10000
    python tests/faults/garbled.py --case 4711      # one of them again

Each reader must give a text or a clear error, in time. Prints a table and then what broke, and
exits with 1 if anything did; the bytes are kept where it says. The columns of the table:

    text      cases that gave a text
    refused   that ended in a clear error
    broken    in anything else: another exception, a warning, a wrong text, a dead process, a wait
    longest   seconds that a case took
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter, defaultdict
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # sharing tiny arrays out slows them

from checks import Broken
from garbling import case
from reading import clear, readers
from tables import print_head, print_row

OUTCOMES = ["text", "refused", "broken"]
NOBODY = "before any reader"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=10, help="that a reader may take")
    parser.add_argument("--case", type=int, help="the number of the only one to read")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir(), "garbled"))
    said = parser.parse_args()
    numbers = range(said.cases) if said.case is None else [said.case]
    tally, broken = Tally(), []
    with Process(said.seed, said.seconds) as process:
        for number in numbers:
            for reader, outcome, what, seconds in process.read(number):
                tally.add(reader, outcome, seconds)
                if outcome == "broken":
                    broken.append(f"{keep(said, number)}, {reader}: {what}")
    tally.print(len(numbers))
    print(*broken, sep="\n")
    sys.exit(1 if broken else 0)


def keep(said, number):
    """Write the bytes of a case to a file; return its path."""
    kind, data, _ = case(said.seed, number)
    said.keep.mkdir(parents=True, exist_ok=True)
    path = said.keep / f"{said.seed}-{number}-{kind}"
    path.write_bytes(data)
    return path


class Tally:
    """How often each reader did what."""

    def __init__(self):
        self._outcomes = defaultdict(Counter)
        self._longest = Counter()

    def add(self, reader, outcome, seconds):
        self._outcomes[reader][outcome] += 1
        self._longest[reader] = max(self._longest[reader], seconds)

    def print(self, cases):
        """Print the table."""
        print_head(f"{cases:,} cases", *OUTCOMES, "longest")
        for reader, counts in self._outcomes.items():
            print_row(reader, *(counts[name] for name in OUTCOMES), f"{self._longest[reader]:.2f}")


class Process:
    """A process that reads, and is replaced where it dies or has to be killed."""

    def __init__(self, seed, seconds):
        self._seed, self._seconds = seed, seconds
        self._process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end()

    def read(self, number):
        """Yield what each reader does with a case: reader, outcome, what broke, seconds."""
        if self._process is None:
            self._begin()
        self._pipe.send(number)
        reader, begun = NOBODY, time.monotonic()
        while (told := self._next()) is not None:
            if isinstance(told, str):
                reader, begun = told, time.monotonic()
            else:
                yield reader, *told, time.monotonic() - begun
        if self._process is None:
            yield reader, "broken", self._why, time.monotonic() - begun

    def _next(self):
        """Return what it tells next; None where the case is at its end, or the process is."""
        try:
            if self._pipe.poll(self._seconds):
                return self._pipe.recv()
            self._why = f"took more than {self._seconds:g} seconds"
        except EOFError:
            self._process.join()
            self._why = f"the process died with {self._process.exitcode}"
        self._end()
        return None

    def _begin(self):
        self._pipe, theirs = multiprocessing.Pipe()
        fork = multiprocessing.get_context("fork")
        self._process = fork.Process(target=serve, args=(theirs, self._seed), daemon=True)
        self._process.start()
        theirs.close()

    def _end(self):
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None


def serve(pipe, seed):
    """Read the cases whose numbers come, and tell of each reader before and after."""
    warnings.simplefilter("error")
    while True:
        number = pipe.recv()
        _, data, chance = case(seed, number)
        with tempfile.TemporaryDirectory() as folder:
            for reader, read in readers(Path(folder), data, chance):
                pipe.send(reader)
                pipe.send(outcome(read))
        pipe.send(None)


def outcome(read):
    """Return how reading ends, and what broke."""
    try:
        refused = clear(read) is None
    except Broken as what:
        return "broken", str(what)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        return "broken", f"{type(error).__name__} at {where}: {str(error)!a:.300}"
    return "refused" if refused else "text", ""


if __name__ == "__main__":
    main()
