"""Kills a PostgreSQL server under its writers, again and again, and looks at what is there.

    python tests/faults/server.py --crashes 20

Several processes write runs, figures, checkpoints, notes and versions of a named model, and say of
each when it is stored for good. Meanwhile the server is crashed (pg_ctl stop -m immediate: all its
processes end at once, and nothing is brought to an end) and started again, at random moments. At
the end each writer must have finished by itself, without an error; nothing that was acknowledged
may be missing, and nothing may be there twice. Prints a table and exits with 1 if anything did not
hold. Its columns:

    told       how often something was acknowledged, by each writer between any two crashes
    runs, points, files: what is there afterwards, each once
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
from collections import Counter
from itertools import product

from checks import Broken, look_at
from places import places
from sqlalchemy import select
from tables import print_head, print_row
from working import Worker
from writing import POINTS_A_STEP, write_run

from textgen_registry import NamedModels, add_note, notes
from textgen_registry.database.schema import event

STEPS = 8
ENOUGH = "enough"  # a file that tells the writers so
LONGEST_SECONDS = 60  # until the writers go on after a crash
EVENTS_OF_A_RUN = ["created", "finished", "noted", "registered", "promoted"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crashes", type=int, default=20)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    said = parser.parse_args()
    with places("postgresql") as make:
        place, begun = make("crashes"), time.monotonic()
        writers = [writer(place, f"writer-{number}") for number in range(said.writers)]
        try:
            crash(place.cluster, writers, said.crashes, random.Random(said.seed))
            (place.folder / ENOUGH).touch()
            require_ended(writers)
            tell(place.open(), writers, said.crashes, time.monotonic() - begun)
        except Broken as what:
            sys.exit(str(what))


def writer(place, name):
    """Begin to write one run after the other, until it is enough."""

    def work(acknowledge):
        outages = logging.getLogger("textgen_registry")
        outages.addHandler(logging.NullHandler())  # or they would be printed, as a complaint is
        registry = place.open()
        models = NamedModels(registry)
        while not (place.folder / ENOUGH).exists():
            run = write_run(registry, acknowledge, steps=STEPS)
            add_note(registry, run, f"written by {name}")
            version = models.register(registry.find(run), name).version
            models.alias(name, "newest", version.number)
            acknowledge(run=run, version=str(version.name), alias=f"{name}@newest")

    return Worker(work, place.folder, name=name)


def crash(cluster, writers, crashes, chance):
    """Kill the server so many times, each time while the writers are at work again."""
    for _ in range(crashes):
        wait_for_progress(writers)
        time.sleep(chance.uniform(0, 1))
        cluster.stop("immediate")
        time.sleep(chance.uniform(0, 0.5))
        cluster.start()
    wait_for_progress(writers)


def wait_for_progress(writers):
    """Wait until every writer has acknowledged something that it had not."""
    deadline = time.monotonic() + LONGEST_SECONDS
    for each in writers:
        before = len(each.acknowledged())
        while len(each.acknowledged()) == before:
            if time.monotonic() > deadline:
                raise Broken(f"a writer does not go on: {each.printed()}")
            time.sleep(0.02)


def require_ended(writers):
    """Refuse that a writer did not come to its end, or had something to complain of."""
    for each in writers:
        if each.end() or each.printed():
            raise Broken(f"a writer failed: {each.printed()}")


def tell(registry, writers, crashes, seconds):
    """Print what is there; refuse that anything is missing, or there twice."""
    acknowledged = [what for each in writers for what in each.acknowledged()]
    counts = look_at(registry, acknowledged)
    runs = {what["run"] for what in acknowledged}
    if {row.id for row in registry.runs()} != runs:
        raise Broken("there are other runs than were acknowledged")
    require_once(registry, runs)
    points = len(runs) * STEPS * POINTS_A_STEP
    print_head("crashes", "writers", "seconds", "told", "runs", "points", "files")
    counted = (len(acknowledged), len(runs), points, counts["files"])
    print_row(f"{crashes}", len(writers), round(seconds), *counted)


def require_once(registry, runs):
    """Refuse that anything of a run is not there exactly once."""
    read = select(event.c.run_id, event.c.kind)
    events = registry.database.read(lambda connection: connection.execute(read).all())
    if Counter(map(tuple, events)) != Counter(product(runs, EVENTS_OF_A_RUN)):
        raise Broken("something was done twice, or not at all")
    for run in runs:
        points, written = len(registry.metrics(run)), len(notes(registry, run))
        if (points, written, len(registry.sessions(run))) != (STEPS * POINTS_A_STEP, 1, 1):
            raise Broken(f"{run} has {points} points and {written} notes")
    for model in NamedModels(registry).all():
        numbers = [version.number for version in model.versions]
        if numbers != list(range(1, len(numbers) + 1)):
            raise Broken(f"the versions of {model.name} are not counted one by one")


if __name__ == "__main__":
    main()
