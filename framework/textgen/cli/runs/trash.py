"""`textgen runs delete` and `restore`: into the trash, and out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.completion import complete_run, complete_trashed
from textgen.cli.params import JsonParam, RegistryParam
from textgen.cli.workspace import open_registry, tell

if TYPE_CHECKING:
    from textgen_registry import Registry, RunRecord


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
    json: JsonParam = False,
) -> None:
    """Put runs into the trash, from where they can be restored.

    `runs gc` removes them for good once they were there for 30 days.

    Example: textgen runs delete latest
    """
    from textgen.cli.display import print_json
    from textgen.cli.values import id_and_name, named

    records = open_registry(registry)
    doomed = list({record.id: record for record in map(records.find, runs)}.values())
    _refuse_versions(doomed)
    if not force:
        _refuse_held(records, doomed)
    for record in doomed:
        records.delete_run(record.id)
    tell(f"deleted {', '.join(map(named, doomed))}")
    tell(f"bring back with: textgen runs restore {' '.join(record.id for record in doomed)}")
    tell("remove for good with: textgen runs gc, once 30 days have passed")
    if json:
        print_json({"deleted": [id_and_name(record) for record in doomed]})


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
        str | None,
        typer.Option(metavar="NAME", help="What to call it, where its name was taken meanwhile."),
    ] = None,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Bring runs back from the trash.

    Example: textgen runs restore alice-lstm-stacked
    """
    from textgen.cli.display import print_json
    from textgen.cli.values import id_and_name, named
    from textgen.errors import UsageError
    from textgen_registry import find_trashed

    records = open_registry(registry)
    found = list(dict.fromkeys(find_trashed(records, run).id for run in runs))
    if name is not None and len(found) > 1:
        raise UsageError("runs restore --name: only one run at a time can have the name.")
    restored = []
    for run_id in found:
        records.restore_run(run_id, name=name)
        restored.append(records.find(run_id))
        tell(f"restored {named(restored[-1])}")
    if json:
        print_json({"restored": [id_and_name(record) for record in restored]})


def _refuse_versions(doomed: Sequence[RunRecord]) -> None:
    """Refuse to delete a run by the name of a model's version, which would stay.

    Raises:
        UsageError: One was named so.
    """
    from textgen.errors import UsageError, command

    for record in doomed:
        if record.version is not None:
            raise UsageError(
                f"runs delete {record.version}: that is a version of a model; nothing was "
                f"deleted. Delete it: {command('models', 'delete', record.version)}; or the run "
                f"that it was made from: {command('runs', 'delete', record.id)}"
            )


def _refuse_held(records: Registry, doomed: Sequence[RunRecord]) -> None:
    """Refuse to delete what another process is training.

    Raises:
        UsageError: A run is being trained.
        RegistryError: The registry may only be read, and so nobody can tell.
    """
    from textgen.cli.values import named
    from textgen.errors import UsageError

    held = [record for record in doomed if records.is_held(record.id)]
    if held:
        records.database.require_writable()  # who may not write there takes every run for held
        raise UsageError(
            f"runs delete {', '.join(map(named, held))}: being trained by another process; "
            "nothing was deleted. Stop that first, or say --force."
        )
