"""Kills processes at random moments of their work, and looks at what they leave.

    python tests/faults/kills.py --kills 500
    python tests/faults/kills.py --kills 100 --database postgresql

Each scenario is run once whole, to learn how long it takes, and then again and again in a process
that is killed (SIGKILL) at a moment drawn evenly from that time, until so many have been killed.
What must hold afterwards is in checks.py. Prints a table and exits with 1 if anything did not hold.
Its columns:

    seconds    how long the work takes, about, where nothing is killed
    killed     processes that were killed in their work
    early      of those, how many before anything was stored
    done       further ones, that had ended when they were to be killed
    complete, resumable, lost: how the runs stood afterwards, over all kills
    files      verified afterwards
    gone on    how often the work was gone on with, and came to the same as without a kill
    broken     how often something did not hold
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter

os.environ["OMP_NUM_THREADS"] = "1"  # sharing tiny tensors out slows them

from archived import Collection, Import, Naming
from checks import Broken, look_at
from first_release import Migration
from places import DATABASES, places
from tables import print_head, print_row
from working import Worker
from writing import Checkpointing, Training

SCENARIOS = [Training(), Checkpointing(), Import(), Collection(), Naming(), Migration()]
COUNTS = ["killed", "early", "done", "complete", "resumable", "lost", "files", "gone on", "broken"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500, help="how many, over all scenarios")
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--only", choices=[each.name for each in SCENARIOS], action="append")
    said = parser.parse_args()
    possible = [each for each in SCENARIOS if said.database in each.databases]
    scenarios = [each for each in possible if said.only is None or each.name in said.only]
    print_head(said.database, "seconds", *COUNTS)
    with places(said.database) as make:
        chance, broken = random.Random(said.seed), []
        for place, scenario in enumerate(scenarios):
            killing = Killing(scenario, make)
            kills = said.kills // len(scenarios) + (place < said.kills % len(scenarios))
            broken += killing.again_and_again(kills, chance)
    print(*broken, sep="\n")
    sys.exit(1 if broken else 0)


class Killing:
    """One scenario, done once whole and then killed."""

    def __init__(self, scenario, make):
        self._scenario = scenario
        self._make = make
        self._counts = Counter()
        self._whole = self._made("whole")
        self._seconds = self._rehearsed()

    def again_and_again(self, kills, chance):
        """Kill the work so many times; print the table's row, and return what did not hold."""
        broken = []
        while self._counts["killed"] < kills:
            place, delay = self._made(self._attempts()), chance.uniform(0, self._seconds)
            try:
                self._kill(place, delay)
            except Broken as what:
                broken.append(f"{place.folder.name}, killed after {delay:.3f} s: {what}")
            place.remove()
        self._counts["broken"] = len(broken)
        counts = (self._counts[name] for name in COUNTS)
        print_row(self._scenario.name, f"{self._seconds:.2f}", *counts)
        return broken

    def _kill(self, place, delay):
        """Kill the work after some time, and count what is found.

        Raises:
            Broken: Something does not hold.
        """
        before = self._scenario.stored(place)
        worker = self._begun(place)
        time.sleep(delay)
        os.kill(worker.process, signal.SIGKILL)
        killed = worker.end() == -signal.SIGKILL
        place.settle()
        self._counts["early"] += killed and self._scenario.stored(place) == before
        self._counts["killed" if killed else "done"] += 1
        if not killed:  # the machine is less busy than when the time was taken
            self._seconds = (self._seconds + delay) / 2
        self._counts += look_at(place.open(), worker.acknowledged())
        if self._attempts() % self._scenario.go_on_every == 0:
            self._counts["gone on"] += self._scenario.go_on(place, self._whole)

    def _rehearsed(self):
        """Do the work whole; return how long that takes."""
        begun = time.monotonic()
        worker = self._begun(self._whole)
        if worker.end():
            sys.exit(f"{self._scenario.name} fails unkilled: {worker.printed()}")
        seconds = time.monotonic() - begun
        look_at(self._whole.open(), worker.acknowledged())
        return seconds

    def _made(self, what):
        place = self._make(f"{self._scenario.name}-{what}")
        self._scenario.prepare(place)
        return place

    def _begun(self, place):
        return Worker(lambda tell: self._scenario.work(place, tell), place.folder)

    def _attempts(self):
        return self._counts["killed"] + self._counts["done"]


if __name__ == "__main__":
    main()
