"""`textgen runs delete`, `restore` and `gc`: into the trash, out of it, and gone for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.asking import confirm
from textgen.cli.completion import complete_run, complete_trashed
from textgen.cli.params import RegistryParam
from textgen.cli.workspace import open_registry, tell

if TYPE_CHECKING:
    from textgen_registry import Garbage, Registry, RunRecord, TrashedRun


def delete(
    runs: Annotated[
        list[str],
        typer.Argument(metavar="RUN", help="One or more runs.", autocompletion=complete_run),
    ],
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Not needed: nothing is asked.", hidden=True)
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also runs that are being trained.")
    ] = False,
    registry: RegistryParam = None,
) -> None:
    """Put runs into the trash, from where they can be restored until gc removes them for good.

    Example: textgen runs delete latest
    """
    records = open_registry(registry)
    doomed = list({record.id: record for record in map(records.find, runs)}.values())
    if not force:
        _refuse_held(records, doomed)
    for record in doomed:
        records.delete_run(record.id)
    tell(f"deleted {', '.join(map(_named, doomed))}")
    tell(f"bring back with: textgen runs restore {' '.join(record.id for record in doomed)}")
    tell("remove for good with: textgen runs gc, once 30 days have passed")


def restore(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="One or more runs in the trash: id, start of an id, or name.",
            autocompletion=complete_trashed,
        ),
    ],
    name: Annotated[
        str | None, typer.Option(help="What to call it, where its name was taken meanwhile.")
    ] = None,
    registry: RegistryParam = None,
) -> None:
    """Bring runs back from the trash.

    Example: textgen runs restore alice-lstm-stacked
    """
    from textgen.errors import UsageError
    from textgen_registry import find_trashed

    records = open_registry(registry)
    found = list(dict.fromkeys(find_trashed(records, run) for run in runs))
    if name is not None and len(found) > 1:
        raise UsageError("runs restore --name: only one run at a time can have the name.")
    for run in found:
        records.restore_run(run.id, name=name)
        tell(f"restored {_named(records.find(run.id))}")


def gc(
    older_than: Annotated[
        str,
        typer.Option(metavar="AGE", help="Remove what was deleted so long ago: 30d, 12h, 0d."),
    ] = "30d",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Remove nothing; say what.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    registry: RegistryParam = None,
) -> None:
    """Remove for good what was in the trash for 30 days, and files that nothing needs.

    A run that a model was made from stays.

    Example: textgen runs gc --older-than 7d --dry-run
    """
    from textgen.cli.display import counted
    from textgen.cli.runs.ages import parse_age
    from textgen_registry import collect, find_garbage

    age = parse_age(older_than, "runs gc --older-than")
    records = open_registry(registry)
    garbage = find_garbage(records, older_than=age)
    for kept in garbage.kept:
        tell(f"{_named(kept.run)} stays: {kept.reason}")
    if garbage.waiting:
        tell(f"{counted(len(garbage.waiting), 'run')} not yet in the trash for {older_than}: kept")
    if dry_run or (garbage and not yes):
        _print_runs(garbage.runs)
        tell(f"would be removed for good: {_amount(garbage)}")
    if dry_run:
        return
    if garbage and not yes:
        confirm("runs gc", "Remove that for good?")
    tell(f"removed for good: {_amount(collect(records, garbage))}")


def _print_runs(runs: Sequence[TrashedRun]) -> None:
    from textgen.cli.display import local_time, print_table

    if runs:
        rows = [[run.id, run.name, local_time(run.deleted)] for run in runs]
        print_table(["id", "name", "deleted"], rows, whole=["id"])


def _amount(garbage: Garbage) -> str:
    from textgen.cli.display import counted
    from textgen.units import bytes_text

    amounts = [counted(len(garbage.runs), "run"), counted(garbage.files, "file")]
    return ", ".join([*amounts, bytes_text(garbage.size)])


def _named(run: RunRecord | TrashedRun) -> str:
    return f"{run.name} ({run.id})"


def _refuse_held(records: Registry, doomed: Sequence[RunRecord]) -> None:
    """Refuse to delete what another process is training.

    Raises:
        UsageError: A run is being trained.
    """
    from textgen.errors import UsageError

    held = [record for record in doomed if records.is_held(record.id)]
    if held:
        raise UsageError(
            f"runs delete {', '.join(map(_named, held))}: being trained by another process; "
            "nothing was deleted. Stop that first, or say --force."
        )
