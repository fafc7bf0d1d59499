"""`textgen plugins`: what is installed, which parts and recipes there are, and how each is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from textgen.cli.completion import complete_shown
from textgen.cli.params import JsonParam
from textgen.cli.plugins.check import check
from textgen.cli.plugins.doctor import doctor
from textgen.cli.plugins.freeze import freeze
from textgen.cli.plugins.new import new
from textgen.cli.plugins.packages import install, uninstall
from textgen.cli.workspace import installed_plugins

if TYPE_CHECKING:
    from textgen.errors import UnknownNameError
    from textgen.plugins import Plugins

app = typer.Typer(
    help="List, write, check and install plugins.",
    epilog="""Which plugins are imported: all but those of textgen --no-plugin NAME COMMAND … or of
TEXTGEN_NO_PLUGIN=a,b; with TEXTGEN_PLUGINS=a,b these alone; with TEXTGEN_DISABLE_PLUGIN_AUTOLOAD=1
those alone that TEXTGEN_PLUGINS names. Whose part is meant where two share a name: package/name, or
textgen --plugin-prefer PACKAGE COMMAND …, or TEXTGEN_PLUGIN_PREFER=a,b. A plugin goes by its own
name or its package's; that of the built-in parts is builtin. A plugin that ends or holds up every
command is found by textgen plugins doctor.

Example: textgen plugins show lstm-stacked""",
    no_args_is_help=True,
)

app.command("new")(new)
app.command("check")(check)
app.command("doctor")(doctor)
app.command("install")(install)
app.command("uninstall")(uninstall)
app.command("freeze")(freeze)


@app.command("list")
def list_(json: JsonParam = False) -> None:
    """List parts, recipes and plugins, in whatever state.

    Example: textgen plugins list
    """
    from textgen.cli.display import print_json, print_line, print_table
    from textgen.cli.plugins.rows import plugin_rows, rows_of_all

    plugins = installed_plugins()
    if json:
        print_json(rows_of_all(plugins))
        return
    parts = [row for row in rows_of_all(plugins) if row["kind"] != "plugin"]
    shown = ["kind", "name", "summary", "package"]
    print_table(
        shown, [[row[column] for column in shown] for row in parts], whole=["name", "package"]
    )
    print_line()
    columns = ["plugin", "package", "version", "state", "hooks", "path"]
    rows = [[row[column] for column in columns] for row in plugin_rows(plugins)]
    print_table(columns, rows, whole=["plugin"], spare=["path", "hooks"])


@app.command("show")
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Name of a part, recipe or plugin, or package/name; or training, sample.",
            autocompletion=complete_shown,
        ),
    ],
    json: JsonParam = False,
) -> None:
    """Show a part's options, or a recipe's settings.

    Example: textgen plugins show lstm-stacked

    Example: textgen plugins show tutorial > settings.toml
    """
    from textgen.cli.display import print_json
    from textgen.cli.plugins.page import print_shown
    from textgen.cli.plugins.rows import known_names, shown_as

    plugins = installed_plugins()
    found = [*_section(name), *shown_as(plugins, name)]
    if not found:
        raise _unknown(plugins, name, known_names(plugins))
    if json:
        print_json(found)
        return
    for item in found:
        print_shown(item)


def _section(name: str) -> list[dict[str, Any]]:
    from textgen.layers import SECTIONS
    from textgen.options import describe

    options = SECTIONS.get(name)
    return [{"kind": "section", "name": name, "options": describe(options)}] if options else []


def _unknown(plugins: Plugins, name: str, known: list[str]) -> UnknownNameError:
    from textgen.errors import nearest
    from textgen.layers import SECTIONS
    from textgen.plugins.lookup import unknown_name

    near = plugins.where_else(name) or nearest(name, [*SECTIONS, *known])
    return unknown_name("part, recipe or plugin", name, near)
