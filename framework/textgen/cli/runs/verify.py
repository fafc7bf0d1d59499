"""`textgen runs verify`: whether everything that is recorded is still what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
            metavar="[RUN]...",
            help="Only these runs' files, and those of models made from them.",
            autocompletion=complete_run,
        ),
    ] = None,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Read every file of runs and models again and compare its hash; exit with 1 on damage.

    Without runs, the database is verified too.

    Example: textgen runs verify
    """
    from textgen.cli.display import print_json
    from textgen_registry import verify as verify_files

    records = open_registry(registry)
    run_ids = {records.find(run).id for run in runs} if runs else None
    with _progress() as watch:
        found = verify_files(records, run_ids, watch=watch)
    if json:
        print_json(found.as_dict())
    else:
        _print_verification(found)
    if not found.is_sound:
        raise typer.Exit(1)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Give what shows how far the reading has come: on a terminal, a bar on stderr."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    from textgen.cli.display import make_console

    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn(compact=True))
    console = make_console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("verifying")
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_verification(found: Verification) -> None:
    from textgen.cli.display import counted
    from textgen.units import bytes_text

    for line in found.database:
        typer.echo(f"database: {line}")
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
    from textgen.cli.texts import one_line

    for file in item.files:
        owner = f"model {file.name}" if file.run_id is None else f"run {file.name} ({file.run_id})"
        typer.echo(one_line(f"{owner}, {file.file}: {item.problem}"))
    typer.echo(f"  {item.place}")
    typer.echo(f"  expected sha256 {item.expected}, found {item.found or 'none'}")
