"""What `textgen models` prints: models, their versions, and what was done to them."""

from __future__ import annotations

from collections.abc import Sequence

from textgen.cli.display import (
    local_time,
    measured,
    print_facts,
    print_heading,
    print_line,
    print_table,
)
from textgen_registry import ModelEvent, ModelRecord, VersionRecord

_FIGURES = ["held-out loss", "bits/char"]


def print_models(models: Sequence[ModelRecord]) -> None:
    """Print one line per model."""
    columns = ["model", "versions", "newest", "registered", "best", "bits/char", "aliases"]
    print_table(
        columns,
        [_of_model(model) for model in models],
        right=["versions", "newest", "best", "bits/char"],
        whole=columns[:-1],
        spare=["registered", "versions", "newest"],
    )


def print_versions(versions: Sequence[VersionRecord]) -> None:
    """Print one line per version, the oldest first."""
    columns = ["version", "aliases", "run", "steps", *_FIGURES, "bytes", "registered", "by"]
    rows = [
        (
            str(version.name),
            ", ".join(version.aliases) or None,
            f"{version.run_name} ({version.run_id})",
            f"{version.step:,}",
            measured(version.best_loss),
            measured(version.bits_per_char),
            f"{sum(file.size for file in version.files):,}",
            local_time(version.created),
            version.author,
        )
        for version in versions
    ]
    print_table(
        columns,
        rows,
        right=["steps", *_FIGURES, "bytes"],
        whole=[column for column in columns if column != "run"],
        spare=["bytes", "by", "registered", "steps", "held-out loss"],
    )


def print_version(version: VersionRecord) -> None:
    """Print all that is kept of one version."""
    print_heading(str(version.name))
    print_facts(
        [
            ("aliases", ", ".join(version.aliases) or None),
            ("run", f"{version.run_name} ({version.run_id})"),
            ("registered", f"{local_time(version.created)} by {version.author}"),
            ("steps", f"{version.step:,}"),
            ("held-out loss", measured(version.best_loss)),
            ("bits per character", measured(version.bits_per_char)),
        ]
    )
    print_line()
    print_heading("files")
    rows = [(file.name, f"{file.size:,}", file.sha256) for file in version.files]
    print_table(["file", "bytes", "sha256"], rows, right=["bytes"])


def print_history(events: Sequence[ModelEvent]) -> None:
    """Print one line for each thing that was done."""
    columns = ["when", "what", "alias", "from", "to", *_FIGURES, "run", "by"]
    rows = [
        (
            local_time(event.created),
            event.kind,
            event.alias,
            event.before,
            event.after,
            measured(event.best_loss),
            measured(event.bits_per_char),
            event.run_id,
            event.author,
        )
        for event in events
    ]
    print_table(
        columns,
        rows,
        right=["from", "to", *_FIGURES],
        whole=[column for column in columns if column != "alias"],
        spare=["run", "by", "held-out loss", "bits/char"],
    )


def _of_model(model: ModelRecord) -> tuple[object, ...]:
    newest, best = model.newest, model.best
    aliases = ", ".join(f"{alias} ({number})" for alias, number in model.aliases.items())
    return (
        model.name,
        len(model.versions),
        None if newest is None else newest.number,
        local_time(None if newest is None else newest.created),
        None if best is None else best.number,
        None if best is None else measured(best.bits_per_char),
        aliases or None,
    )
