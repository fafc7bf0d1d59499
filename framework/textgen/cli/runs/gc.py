"""`textgen runs gc`: what was in the trash for long, and files that nothing needs, are removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textgen.cli.asking import confirm
from textgen.cli.params import DryRunParam, JsonParam, RegistryParam, YesParam
from textgen.cli.workspace import open_registry, tell

if TYPE_CHECKING:
    from textgen_registry import Garbage, TrashedRun


def gc(
    older_than: Annotated[
        str,
        typer.Option(metavar="AGE", help="Remove what was deleted so long ago: 30d, 12h, 0d."),
    ] = "30d",
    dry_run: DryRunParam = False,
    yes: YesParam = False,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Remove for good what was in the trash for 30 days.

    Files that nothing needs go with it. A run that a model was made from stays.

    Example: textgen runs gc --older-than 7d --dry-run
    """
    from textgen.cli.display import print_json
    from textgen_registry import collect, find_garbage

    age = _age(older_than)
    records = open_registry(registry)
    garbage = find_garbage(records, older_than=age)
    _tell_what_stays(garbage, older_than)
    asks = bool(garbage) and not (yes or dry_run)
    if dry_run or asks:
        if not json:
            _print_runs(garbage.runs)
        tell(f"would be removed for good: {_amount(garbage)}")
    if asks:
        confirm("runs gc", "Remove that for good?")
    if not dry_run:
        garbage = collect(records, garbage)
        tell(f"removed for good: {_amount(garbage)}")
    if json:
        print_json({"dry_run": dry_run, **_plain(garbage)})


def _age(text: str) -> timedelta:
    """Return how long a text means.

    Raises:
        UsageError: It means nothing of the kind.
    """
    from textgen.errors import UsageError
    from textgen_registry.ages import age_of

    age = age_of(text)
    if age is None:
        raise UsageError(
            f"runs gc --older-than {text!r}: write a whole number and a unit, s, m, h, d or w, "
            "such as 30d."
        )
    return age


def _tell_what_stays(garbage: Garbage, older_than: str) -> None:
    from textgen.cli.display import counted
    from textgen.cli.values import named

    for kept in garbage.kept:
        tell(f"{named(kept.run)} stays: {kept.reason}")
    if garbage.waiting:
        waiting = counted(len(garbage.waiting), "run")
        tell(f"{waiting} not yet in the trash for {older_than}: kept")


def _print_runs(runs: Sequence[TrashedRun]) -> None:
    from textgen.cli.display import local_time, print_table

    if runs:
        rows = [[run.id, run.name, local_time(run.deleted)] for run in runs]
        print_table(["id", "name", "deleted"], rows, whole=["id"])


def _amount(garbage: Garbage) -> str:
    from textgen.cli.display import counted
    from textgen.units import bytes_text

    if not garbage:
        return "nothing"
    amounts = [counted(len(garbage.runs), "run"), counted(garbage.files, "file")]
    return ", ".join([*amounts, bytes_text(garbage.size)])


def _plain(garbage: Garbage) -> dict[str, Any]:
    from textgen.cli.values import id_and_name

    return {
        "removed": [id_and_name(run) for run in garbage.runs],
        "files": garbage.files,
        "size": garbage.size,
        "kept": [{**id_and_name(kept.run), "reason": kept.reason} for kept in garbage.kept],
        "waiting": [id_and_name(run) for run in garbage.waiting],
    }
