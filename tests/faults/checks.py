"""What must hold of a registry, whatever was killed while writing to it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing

from textgen.errors import TextgenError
from textgen_registry import Registry

CHECKPOINT = "last.safetensors"
# What may be lost of the figures when a process is killed: so many wait to be stored together.
WAITING_POINTS = 100


class Broken(Exception):  # noqa: N818  (it says what is, not that somebody erred)
    """Something does not hold."""


def look_at(place, acknowledged, *, alive=()):
    """Return what was counted in the registry of ``place``.

    Args:
        place: A folder; the registry is in it.
        acknowledged: What must be there.
        alive: The runs that somebody still holds.

    Raises:
        Broken: The registry does not open, a listed file does not verify, a run is neither
            complete nor lost, or something is gone that was acknowledged.
    """
    try:
        registry = Registry(place / "registry")
        counts = Counter(_state(registry, row) for row in registry.runs() if row.id not in alive)
        counts["files"] = sum(_verified(registry, row.id) for row in registry.runs())
        for what in acknowledged:
            _require(registry, **what)
    except TextgenError as error:
        raise Broken(str(error)) from error
    _check_database(place / "registry" / "registry.sqlite")
    return counts


def _state(registry, row):
    if row.status != "lost":
        if row.status == "running":
            raise Broken(f"{row.id} is shown as running, and nobody trains it")
        return "complete"
    has_checkpoint = CHECKPOINT in {file.name for file in registry.artifacts(row.id)}
    return "resumable" if has_checkpoint else "lost"


def _verified(registry, run_id):
    """Return how many files of a run are what was stored."""
    files = registry.artifacts(run_id)
    for file in files:
        if len(registry.read_artifact(run_id, file.name)) != file.size:
            raise Broken(f"{run_id}: {file.name} is not {file.size} bytes long")
    return len(files)


def _require(registry, run, points=0, checkpoint=None, finished=False):
    """Refuse that something acknowledged is gone."""
    record = registry.find(run)
    there = len(registry.metrics(run))
    if there < points - WAITING_POINTS:
        raise Broken(f"{run}: {points} points were acknowledged, {there} are there")
    if checkpoint is not None and record.step < checkpoint:
        raise Broken(f"{run}: step {checkpoint} was acknowledged, step {record.step} is there")
    if (
        checkpoint is not None
        and registry.read_artifact(run, CHECKPOINT)[:8] < b"%08d" % checkpoint
    ):
        raise Broken(f"{run}: its checkpoint is older than step {checkpoint}")
    if finished and record.status != "finished":
        raise Broken(f"{run}: finished was acknowledged, {record.status} is there")


def _check_database(file):
    if not file.exists():
        return
    with closing(sqlite3.connect(file)) as connection:
        for check in ("integrity_check", "foreign_key_check"):
            found = connection.execute(f"pragma {check}").fetchall()
            if found not in ([], [("ok",)]):
                raise Broken(f"{check}: {found[:3]}")
