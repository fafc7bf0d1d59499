"""`textgen runs`: what the registry holds, without ever importing torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.asking import confirm
from textgen.cli.completion import complete_run
from textgen.cli.params import JsonParam, RegistryParam, RunParam
from textgen.cli.runs.migrate import migrate
from textgen.cli.workspace import open_registry, tell

if TYPE_CHECKING:
    from textgen_registry import Registry, RunRecord

app = typer.Typer(
    help="List, show, compare and delete recorded runs.",
    epilog="Example: textgen runs list",
    no_args_is_help=True,
)

app.command("migrate")(migrate)

_NUMBERS = ["held-out loss", "bits/char"]
_SPARE = ["model", "source", "created", "bits/char"]


@app.command("list")
def list_(
    limit: Annotated[int | None, typer.Option(min=1, help="Only the newest.")] = None,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """List runs, the newest first.

    Example: textgen runs list --limit 20
    """
    from textgen.cli.display import local_time, measured, print_json, print_table

    records = open_registry(registry)
    rows = records.runs(limit=limit)
    if json:
        print_json([row.as_dict() for row in rows])
        return
    if not rows:
        tell(f"no runs yet in {records.location}. Make one: textgen run")
        return
    columns = ["id", "name", "status", "created", *_NUMBERS, "source", "model"]
    cells = [
        [
            row.id,
            row.name,
            row.status,
            local_time(row.created),
            measured(row.best_loss),
            measured(row.bits_per_char),
            row.source,
            row.model,
        ]
        for row in rows
    ]
    print_table(columns, cells, right=_NUMBERS, whole=columns, spare=_SPARE)


@app.command("show")
def show(run: RunParam, registry: RegistryParam = None, json: JsonParam = False) -> None:
    """Show all that is recorded of a run.

    Example: textgen runs show latest
    """
    from textgen.cli.display import print_json
    from textgen.cli.runs.page import print_run, whole_run

    records = open_registry(registry)
    record = records.find(run)
    if json:
        print_json(whole_run(records, record))
    else:
        print_run(records, record)


@app.command("compare")
def compare_(
    runs: Annotated[
        list[str],
        typer.Argument(metavar="RUN", help="Two or more runs.", autocompletion=complete_run),
    ],
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Put runs side by side, the best figures marked.

    Example: textgen runs compare alice-lstm-single alice-lstm-stacked
    """
    from textgen.cli.display import print_json
    from textgen.cli.runs.comparison_page import print_comparison
    from textgen.errors import UsageError
    from textgen_registry import compare

    if len(runs) < 2:
        raise UsageError(f"runs compare {runs[0]}: name at least two runs to compare.")
    records = open_registry(registry)
    comparison = compare(records, [records.find(run) for run in runs])
    if json:
        print_json(comparison.as_dict())
    else:
        print_comparison(comparison)


@app.command("delete")
def delete(
    runs: Annotated[
        list[str],
        typer.Argument(metavar="RUN", help="One or more runs.", autocompletion=complete_run),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also runs that are being trained.")
    ] = False,
    registry: RegistryParam = None,
) -> None:
    """Delete runs for good, with their figures and files.

    Example: textgen runs delete latest --yes
    """
    records = open_registry(registry)
    doomed = list({record.id: record for record in map(records.find, runs)}.values())
    if not force:
        _refuse_held(records, doomed)
    names = ", ".join(map(_named, doomed))
    if not yes:
        confirm(f"runs delete {names}", f"Delete {names} for good?")
    for record in doomed:
        records.delete_run(record.id)
    tell(f"deleted {names}")


def _named(record: RunRecord) -> str:
    return f"{record.name} ({record.id})"


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
