"""`textgen runs`: what the registry holds, without ever importing torch."""

from __future__ import annotations

from typing import Annotated

import typer

from textgen.cli.params import JsonParam, RegistryParam, RunParam
from textgen.cli.runs.card import card
from textgen.cli.runs.compare import compare
from textgen.cli.runs.config import config
from textgen.cli.runs.labels import note, rename, tag
from textgen.cli.runs.reproduce import reproduce
from textgen.cli.runs.trash import delete, gc, restore
from textgen.cli.runs.verify import verify
from textgen.cli.workspace import open_registry, tell

app = typer.Typer(
    help="Find, compare, reproduce, annotate, delete and verify recorded runs.",
    epilog="Example: textgen runs list",
    no_args_is_help=True,
)

app.command("config")(config)
app.command("reproduce")(reproduce)

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


app.command("compare")(compare)
app.command("card")(card)


app.command("tag")(tag)
app.command("note")(note)
app.command("rename")(rename)
app.command("delete")(delete)
app.command("restore")(restore)
app.command("gc")(gc)
app.command("verify")(verify)
