"""`textgen runs list`: which runs there are, chosen, sorted, and what of each is shown."""

from __future__ import annotations

from typing import Annotated

import typer

from textgen.cli.completion import complete_column
from textgen.cli.params import CsvParam, JsonParam, RegistryParam
from textgen.cli.workspace import location_of, open_registry, tell


def list_(
    where: Annotated[
        str | None,
        typer.Option(
            metavar="EXPRESSION",
            help="Which runs: names compared by = != < <= > >= and ~ (contains), tag:WORD, "
            "joined by and, or, not, ().",
        ),
    ] = None,
    sort: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,…",
            help="Sort by these; -NAME descending (default: -created).",
            autocompletion=complete_column,
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the first so many.")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,…",
            help="Show these: id, name, step, tags, …, settings such as model.hidden_size, "
            "metric.NAME (its last value), lowest.NAME, highest.NAME.",
            autocompletion=complete_column,
        ),
    ] = None,
    deleted: Annotated[bool, typer.Option("--deleted", help="List the trash.")] = False,
    registry: RegistryParam = None,
    json: JsonParam = False,
    csv: CsvParam = False,
) -> None:
    """List runs, the newest first.

    A run is lost whose process died: textgen resume goes on with it.

    Example: textgen runs list --where "bits_per_char < 2 and tag:alice"

    Example: textgen runs list --columns name,model.hidden_size --sort -step
    """
    from textgen.cli.runs.list_page import default_columns, plain_rows, print_csv, print_rows
    from textgen.errors import UsageError
    from textgen_registry import tabulate

    if json and csv:
        raise UsageError("runs list: --json and --csv both print; choose one of them.")
    records = open_registry(registry)
    asked_for = [name for text in columns or () for name in text.split(",") if name]
    names = asked_for or default_columns(for_people=not (json or csv), deleted=deleted)
    rows = tabulate(records, names, where=where, sort=sort or (), limit=limit, deleted=deleted)
    if json:
        from textgen.cli.display import print_json

        print_json(plain_rows(names, rows))
    elif csv:
        print_csv(names, rows)
    elif rows:
        print_rows(names, rows, asked_for=bool(asked_for))
    else:
        tell(_nothing(where, deleted).format(location_of(records)))


def _nothing(where: str | None, deleted: bool) -> str:
    if where is not None:
        return "no such run in {}. See all: textgen runs list"
    return "no runs in the trash of {}" if deleted else "no runs yet in {}. Make one: textgen run"
