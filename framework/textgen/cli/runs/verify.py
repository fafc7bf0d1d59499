"""`textgen runs verify`: whether everything that is recorded is still what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.completion import complete_run
from textgen.cli.params import JsonParam, RegistryParam
from textgen.cli.workspace import open_registry, tell

if TYPE_CHECKING:
    from textgen_registry import DamagedObject, Verification


def verify(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN",
            help="Only these runs' files, and those of models made from them.",
            autocompletion=complete_run,
        ),
    ] = None,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Check that every stored file is what it was.

    The files of runs and models are read again and their hashes compared; without RUN, the database
    is checked too. Exit code 1: something is damaged.

    Example: textgen runs verify
    """
    from textgen.cli.display import print_json
    from textgen.cli.progress import reading_bar
    from textgen_registry import verify as verify_files

    records = open_registry(registry)
    run_ids = {records.find(run).id for run in runs} if runs else None
    with reading_bar("verifying") as show:
        found = verify_files(records, run_ids, watch=lambda done, size: show(done / max(1, size)))
    if json:
        print_json(found.as_dict())
    else:
        _print_verification(found)
    if not found.is_sound:
        raise typer.Exit(1)


def _print_verification(found: Verification) -> None:
    from textgen.cli.display import counted, print_line
    from textgen.units import bytes_text

    for line in found.database:
        print_line(f"database: {line}")
    for item in found.damaged:
        _print_damage(item)
    if found.unnamed:
        size = bytes_text(sum(item.size for item in found.unnamed))
        tell(
            f"{counted(len(found.unnamed), 'stored file')} ({size}) that nothing names: no damage; "
            "remove with: textgen runs gc"
        )
    damaged = len({file for item in found.damaged for file in item.files})
    tell(
        f"verified {counted(found.files, 'file')} ({bytes_text(found.size)}): "
        f"{f'{damaged:,} damaged' if damaged else 'all as recorded'}"
    )
    if not found.is_sound:
        tell("Restore what is damaged from a backup, or delete the runs that need it.")


def _print_damage(item: DamagedObject) -> None:
    from textgen.cli.display import print_line
    from textgen.cli.texts import one_line

    for file in item.files:
        owner = f"model {file.name}" if file.run_id is None else f"run {file.name} ({file.run_id})"
        print_line(one_line(f"{owner}, {file.file}: {item.problem}"))
    print_line(f"  {item.place}")
    print_line(f"  expected sha256 {item.expected}, found {item.found or 'none'}")
