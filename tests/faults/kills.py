"""Kills processes at random moments of their work, and looks at what they leave.

    python tests/faults/kills.py --kills 500

Each scenario of scenarios.py is run once whole, to learn how long it takes, and then again and
again in a process that is killed (SIGKILL) at a moment drawn evenly from that time. What must hold
afterwards is in checks.py. Prints a table and exits with 1 if anything did not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # sharing tiny tensors out slows them

from checks import Broken, look_at
from forking import begin, end
from scenarios import SCENARIOS

COLUMNS = ["killed", "done", "complete", "resumable", "lost", "files", "resumed", "broken"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500, help="how many, over all scenarios")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--only", choices=[each.name for each in SCENARIOS], action="append")
    said = parser.parse_args()
    scenarios = [each for each in SCENARIOS if said.only is None or each.name in said.only]
    chance, broken = random.Random(said.seed), []
    print(f"{'scenario':<16}" + "".join(f"{name:>11}" for name in COLUMNS), flush=True)
    for place, scenario in enumerate(scenarios):
        kills = said.kills // len(scenarios) + (place < said.kills % len(scenarios))
        with tempfile.TemporaryDirectory() as folder:
            counts = killed_again_and_again(scenario, kills, Path(folder), chance, broken)
        print(f"{scenario.name:<16}" + "".join(f"{counts[name]:>11,}" for name in COLUMNS))
    print(*broken, sep="\n")
    sys.exit(1 if broken else 0)


def killed_again_and_again(scenario, kills, folder, chance, broken):
    """Return what was counted of a scenario; add what did not hold to ``broken``."""
    counts = Counter()
    seconds, whole = rehearsed(scenario, folder / "whole")
    for number in range(kills):
        place = folder / f"{number}"
        scenario.prepare(place)
        delay = chance.uniform(0, seconds)
        acknowledged, killed = killed_after(delay, scenario, place)
        counts["killed" if killed else "done"] += 1
        try:
            counts.update(look_at(place, acknowledged))
            if number % scenario.resume_every == 0:
                counts["resumed"] += scenario.go_on(place, whole)
        except Broken as what:
            counts["broken"] += 1
            broken.append(f"{scenario.name}, seed {number}, killed after {delay:.3f} s: {what}")
    return counts


def rehearsed(scenario, place):
    """Return how long a scenario takes where nothing is killed, and where it was done."""
    scenario.prepare(place)
    begun = time.monotonic()
    if end(begin(lambda: scenario.work(place, lambda **what: None), place / "printed")):
        sys.exit(f"{scenario.name} fails unkilled: {(place / 'printed').read_text()}")
    seconds = time.monotonic() - begun
    look_at(place, [])
    return seconds, place


def killed_after(delay, scenario, place):
    """Return what a process had acknowledged before it was killed, and whether it was."""
    reading, writing = os.pipe()

    def acknowledge(**what):
        os.write(writing, (json.dumps(what) + "\n").encode())

    child = begin(lambda: scenario.work(place, acknowledge), place / "printed")
    os.close(writing)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    killed = end(child) == -signal.SIGKILL
    with os.fdopen(reading) as lines:
        return [json.loads(line) for line in lines if line.endswith("\n")], killed


if __name__ == "__main__":
    main()
