"""What must hold of a registry, whatever was killed while writing to it."""

from __future__ import annotations

from collections import Counter

from textgen.errors import TextgenError
from textgen_registry import verify

CHECKPOINT = "last.safetensors"
# What may be lost of the figures when a process is killed: so many wait to be stored together.
WAITING_POINTS = 100


class Broken(Exception):  # noqa: N818  (it says what is, not that somebody erred)
    """Something does not hold."""


def look_at(registry, acknowledged, *, alive=()):
    """Return what was counted in a registry.

    Args:
        registry: The registry, opened for this.
        acknowledged: What must be there.
        alive: The runs that somebody still holds.

    Raises:
        Broken: The registry does not open, a file that something names does not verify, a run is
            neither complete nor lost, or something is gone that was acknowledged.
    """
    try:
        counts = Counter(_state(registry, row) for row in registry.runs() if row.id not in alive)
        counts["files"] = _verified(registry)
        for what in _last_of_each_run(acknowledged):
            _require(registry, **what)
    except TextgenError as error:
        raise Broken(str(error)) from error
    return counts


def _state(registry, row):
    if row.status != "lost":
        if row.status == "running":
            raise Broken(f"{row.id} is shown as running, and nobody trains it")
        return "complete"
    has_checkpoint = CHECKPOINT in {file.name for file in registry.artifacts(row.id)}
    return "resumable" if has_checkpoint else "lost"


def _verified(registry):
    """Return how many files of runs and named models are what was stored."""
    found = verify(registry)
    if not found.is_sound:
        problems = [f"{item.place}: {item.problem}" for item in found.damaged]
        raise Broken("; ".join([*problems, *found.database]))
    return found.files


def _last_of_each_run(acknowledged):
    """Return what was acknowledged of each run: what came later says no less."""
    last = {}
    for what in acknowledged:
        last[what["run"]] = {**last.get(what["run"], {}), **what}
    return last.values()


def _require(registry, run, points=0, checkpoint=None, finished=False, version=None, alias=None):
    """Refuse that something acknowledged is gone."""
    record = registry.find(run)
    there = len(registry.metrics(run))
    if there < points - WAITING_POINTS:
        raise Broken(f"{run}: {points} points were acknowledged, {there} are there")
    if checkpoint is not None:
        _require_checkpoint(registry, record, checkpoint)
    if finished and record.status != "finished":
        raise Broken(f"{run}: finished was acknowledged, {record.status} is there")
    if version is not None:
        _require_version(registry, run, version, alias)


def _require_checkpoint(registry, record, step):
    if record.step < step:
        raise Broken(f"{record.id}: step {step} was acknowledged, step {record.step} is there")
    if registry.read_artifact(record.id, CHECKPOINT)[:8] < b"%08d" % step:
        raise Broken(f"{record.id}: its checkpoint is older than step {step}")


def _require_version(registry, run, version, alias):
    found = registry.find(version)
    if found.id != run:
        raise Broken(f"{version} was made of {run}, and stands for {found.id}")
    if alias is not None and registry.find(alias).version.number < found.version.number:
        raise Broken(f"{alias} was acknowledged as {version}, and stands for an older one")
