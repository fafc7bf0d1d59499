"""`textgen plugins`: which parts there are, and what can be set in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from textgen.cli.params import JsonParam
from textgen.cli.workspace import installed_plugins

if TYPE_CHECKING:
    from textgen.plugins import Provided

app = typer.Typer(
    help="List parts and their options.",
    epilog="Example: textgen plugins show lstm-stacked",
    no_args_is_help=True,
)


@app.command("list")
def list_(json: JsonParam = False) -> None:
    """List the parts that installed plugins provide, and the recipes.

    Example: textgen plugins list
    """
    from textgen.cli.display import print_json, print_table

    plugins = installed_plugins()
    rows = [_row(item) for item in plugins.components()]
    rows += [
        {"kind": "recipe", "name": recipe.name, "summary": recipe.summary, **provider.as_dict()}
        for provider, recipe in plugins.recipes()
    ]
    if json:
        print_json(rows)
    else:
        shown = ["kind", "name", "summary", "package", "version"]
        cells = [[row[column] for column in shown] for row in rows]
        print_table(shown, cells, whole=["name"])


@app.command("show")
def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A part's name; or training, sample.")
    ],
    json: JsonParam = False,
) -> None:
    """Show a part's options with types, defaults and units, and an example.

    Example: textgen plugins show lstm-stacked
    """
    from textgen.cli.display import print_json
    from textgen.errors import UnknownNameError, nearest
    from textgen.options import describe
    from textgen.settings import section_options

    plugins = installed_plugins()
    section = section_options(name)
    if section is not None:
        found = [{"kind": "section", "name": name, "options": describe(section)}]
    else:
        items = [item for item in plugins.components() if item.component.name == name]
        if not items:
            known = ["training", "sample", *(item.component.name for item in plugins.components())]
            raise UnknownNameError(f"no part is named {name!r}: {nearest(name, known)}")
        found = [_details(item) for item in items]
    if json:
        print_json(found)
        return
    for part in found:
        _print_part(part)


def _row(item: Provided) -> dict[str, Any]:
    summary = item.component.summary
    return {"kind": item.kind.value, "name": item.component.name, "summary": summary} | (
        item.provider.as_dict()
    )


def _details(item: Provided) -> dict[str, Any]:
    from textgen.options import describe

    aliases = dict(item.component.aliases)
    return {**_row(item), "aliases": aliases, "options": describe(item.component.options)}


def _print_part(part: dict[str, Any]) -> None:
    from textgen.cli.display import print_table

    section = part["name"] if part["kind"] == "section" else part["kind"]
    if part["kind"] == "section":
        typer.echo(f"section {part['name']}\n")
    else:
        typer.echo(f"{part['kind']} {part['name']}: {part['summary']}")
        typer.echo(f"provided by {part['package']} {part['version']}\n")
    rows = [
        [f"{section}.{row['name']}", row["type"], _shown(row["default"]), row["unit"], row["help"]]
        for row in part["options"]
    ]
    if rows:
        columns = ["option", "type", "default", "unit", "what it does"]
        print_table(columns, rows, whole=["option"])
    else:
        typer.echo("no options")
    if part.get("aliases"):
        typer.echo("\naliases: " + ", ".join(f"{k} = {v}" for k, v in part["aliases"].items()))
    typer.echo(f"\nexample: {_example(part, section)}")


def _shown(default: object) -> str:
    """Return a default as ``--set`` would take it."""
    if isinstance(default, list):
        return ",".join(map(str, default))
    return str(default).lower() if default is None or isinstance(default, bool) else str(default)


def _example(part: dict[str, Any], section: str) -> str:
    use = "" if part["kind"] == "section" else f" --{section} {_use(part)}"
    settable = (row for row in part["options"] if row["default"] not in (None, []))
    first = next(settable, None)
    if first is None:
        return f"textgen run{use}"
    return f"textgen run{use} --set {section}.{first['name']}={_shown(first['default'])}"


def _use(part: dict[str, Any]) -> str:
    if part["kind"] != "source":
        return str(part["name"])
    return f"{part['name']}:{next(iter(part['aliases']), 'LOCATOR')}"
