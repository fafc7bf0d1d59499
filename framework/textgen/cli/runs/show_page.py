"""What `textgen runs show` prints: one run, from its source to its sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from textgen.cli.display import (
    duration,
    local_time,
    measured,
    print_facts,
    print_heading,
    print_line,
    print_table,
    print_text,
)
from textgen.cli.runs.notes_page import print_notes
from textgen.cli.runs.sessions import plain_sessions, print_sessions
from textgen.cli.values import shown
from textgen_registry import Registry, RunRecord, notes
from textgen_registry.records import iso_time


def whole_run(registry: Registry, run: RunRecord) -> dict[str, Any]:
    """Return everything recorded of a run as plain values."""
    return {
        **run.as_dict(),
        "sessions": plain_sessions(registry.sessions(run.id)),
        "metrics": [
            {**asdict(point), "time": iso_time(point.time)} for point in registry.metrics(run)
        ],
        "artifacts": [asdict(artifact) for artifact in registry.artifacts(run)],
        "notes": [note.as_dict() for note in notes(registry, run.id)],
    }


def print_run(registry: Registry, run: RunRecord) -> None:
    """Print a run for people."""
    print_heading(f"{run.name}  {run.id}")
    print_facts(_facts(registry, run))
    _print_notes(registry, run)
    _heading("settings")
    print_facts(_flat(run.config))
    _heading("corpus")
    print_facts((key, shown(value)) for key, value in run.provenance.items())
    _heading("parts and environment")
    print_facts([*_parts(run), *run.environment.items()])
    _print_sessions(registry, run)
    _print_metrics(registry, run)
    _print_artifacts(registry, run)
    if run.sample_text is not None:
        _heading("sample")
        print_text(run.sample_prompt or "", run.sample_text)


def _heading(text: str) -> None:
    print_line()
    print_heading(text)


def _facts(registry: Registry, run: RunRecord) -> Iterator[tuple[str, object]]:
    seconds = run.summary.get("seconds")
    told = run.reason and run.reason != run.status
    if run.version is not None:
        yield "as registered", run.version
    yield "status", f"{run.status} ({run.reason})" if told else run.status
    if run.status == "lost":
        yield "go on with", _way_on(registry, run)
    if run.deleted is not None:
        yield "in the trash since", local_time(run.deleted)
    yield "created", local_time(run.created)
    yield "finished", local_time(run.finished)
    yield "tags", ", ".join(run.tags) or None
    yield from _tokens(run)
    yield "steps", f"{run.step:,} of {run.plan.get('steps', 0):,}"
    yield "training time", None if seconds is None else duration(seconds)
    yield "held-out loss", _with_unit(run.best_loss, "nats/token")
    yield "bits per character", _with_unit(run.bits_per_char, "bits/char")
    yield "best step", run.summary.get("best_step")


def _tokens(run: RunRecord) -> Iterator[tuple[str, str]]:
    """Yield how the text was divided; runs that never began to train do not know."""
    names = {"training": "to train on", "validation": "held out", "test": "for the test"}
    sizes = {name: run.plan.get(f"{part}_tokens") for part, name in names.items()}
    told = ", ".join(f"{size:,} {name}" for name, size in sizes.items() if size)
    if told:
        yield "tokens", told


def _way_on(registry: Registry, run: RunRecord) -> str:
    """Tell how to go on with a run whose process died: from its checkpoint, if it has one."""
    if any(file.name.endswith(".safetensors") for file in registry.artifacts(run.id)):
        return f"textgen resume {run.id}"
    return "textgen run: it has no checkpoint to go on from"


def _with_unit(value: float | None, unit: str) -> str | None:
    return None if value is None else f"{value:.4f} {unit}"


def _flat(config: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{name}", shown(item)) for name, item in value.items())
        else:
            yield key, shown(value)


def _parts(run: RunRecord) -> Iterator[tuple[str, str]]:
    for kind, part in run.parts.items():
        yield kind, f"{part['name']} of {part['package']} {part['version']}"


def _print_notes(registry: Registry, run: RunRecord) -> None:
    written = notes(registry, run.id)
    if written:
        _heading("notes")
        print_notes(written)


def _print_sessions(registry: Registry, run: RunRecord) -> None:
    sessions = registry.sessions(run.id)
    if len(sessions) > 1:
        _heading("sessions")
        print_sessions(sessions)


def _print_metrics(registry: Registry, run: RunRecord) -> None:
    series: dict[str, list[float]] = {}
    for point in registry.metrics(run):
        series.setdefault(point.name, []).append(point.value)
    if not series:
        return
    _heading("metrics")
    columns = ["metric", "points", "first", "lowest", "highest", "last"]
    rows = [
        (name, len(values), *map(measured, (values[0], min(values), max(values), values[-1])))
        for name, values in series.items()
    ]
    print_table(columns, rows, right=columns[1:])


def _print_artifacts(registry: Registry, run: RunRecord) -> None:
    artifacts = registry.artifacts(run)
    if artifacts:
        _heading("files")
        rows = [(artifact.name, f"{artifact.size:,}", artifact.sha256) for artifact in artifacts]
        print_table(["file", "bytes", "sha256"], rows, right=["bytes"])
