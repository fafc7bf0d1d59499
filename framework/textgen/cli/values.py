"""How recorded values, and runs themselves, are named in one cell or one line, on any page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textgen.cli.display import figure

if TYPE_CHECKING:
    from textgen_registry import RunRecord, RunRow, TrashedRun


def shown(value: object) -> object:
    """Return a list as one line, None for an empty one; any other value as it is."""
    if isinstance(value, list | tuple):
        return "; ".join(_item(item) for item in value) or None
    return value


def _item(item: object) -> str:
    if isinstance(item, Mapping):
        return ", ".join(f"{key} {figure(value)}" for key, value in item.items())
    return str(item)


def named(run: RunRecord | RunRow | TrashedRun) -> str:
    """Return what a message calls a run."""
    return f"{run.name} ({run.id})"


def of_run(run: RunRecord) -> dict[str, str | None]:
    """Return what a document tells of the run, or its version, that it was made from."""
    version = None if run.version is None else str(run.version)
    return {"run_id": run.id, "run_name": run.name, "version": version}


def id_and_name(run: RunRecord | RunRow | TrashedRun) -> dict[str, str]:
    """Return what a document tells of a run in a list of them."""
    return {"id": run.id, "name": run.name}
