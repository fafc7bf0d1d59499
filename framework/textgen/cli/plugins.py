"""`textgen plugins`: which parts and recipes there are, and what can be set in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from textgen.cli.freeze import freeze
from textgen.cli.params import JsonParam
from textgen.cli.workspace import installed_plugins

if TYPE_CHECKING:
    from textgen.components import Recipe
    from textgen.errors import UnknownNameError
    from textgen.plugins import Plugins, Provided, Provider

app = typer.Typer(
    help="List parts and recipes, and their options.",
    epilog="Example: textgen plugins show lstm-stacked",
    no_args_is_help=True,
)

_SECTIONS = ["training", "sample"]

app.command("freeze")(freeze)


@app.command("list")
def list_(json: JsonParam = False) -> None:
    """List the parts that installed plugins provide, and the recipes.

    Example: textgen plugins list
    """
    from textgen.cli.display import print_json, print_table

    plugins = installed_plugins()
    rows = [_part_row(item) for item in plugins.components()]
    rows += [_recipe_row(provider, recipe) for provider, recipe in plugins.recipes()]
    if json:
        print_json(rows)
    else:
        shown = ["kind", "name", "summary", "package", "version"]
        cells = [[row[column] for column in shown] for row in rows]
        print_table(shown, cells, whole=["name"])


@app.command("show")
def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of a part or recipe; or training, sample.")
    ],
    json: JsonParam = False,
) -> None:
    """Show a part's options with types, defaults and units, or a recipe's settings.

    Example: textgen plugins show lstm-stacked

    Example: textgen plugins show tutorial > settings.toml
    """
    from textgen.cli.display import print_json
    from textgen.cli.plugin_page import print_shown

    plugins = installed_plugins()
    found = [*_section(name), *_parts(plugins, name), *_recipes(plugins, name)]
    if not found:
        raise _unknown(plugins, name)
    if json:
        print_json(found)
        return
    for item in found:
        print_shown(item)


def _section(name: str) -> list[dict[str, Any]]:
    from textgen.options import describe
    from textgen.settings import section_options

    options = section_options(name)
    return [{"kind": "section", "name": name, "options": describe(options)}] if options else []


def _parts(plugins: Plugins, name: str) -> list[dict[str, Any]]:
    from textgen.options import describe

    return [
        {
            **_part_row(item),
            "aliases": dict(item.component.aliases),
            "options": describe(item.component.options),
        }
        for item in plugins.components()
        if item.component.name == name
    ]


def _recipes(plugins: Plugins, name: str) -> list[dict[str, Any]]:
    return [
        {**_recipe_row(provider, recipe), "settings": recipe.settings}
        for provider, recipe in plugins.recipes()
        if recipe.name == name
    ]


def _part_row(item: Provided) -> dict[str, Any]:
    part = {"kind": item.kind.value, "name": item.component.name, "summary": item.component.summary}
    return {**part, **item.provider.as_dict()}


def _recipe_row(provider: Provider, recipe: Recipe) -> dict[str, Any]:
    part = {"kind": "recipe", "name": recipe.name, "summary": recipe.summary}
    return {**part, **provider.as_dict()}


def _unknown(plugins: Plugins, name: str) -> UnknownNameError:
    from textgen.errors import UnknownNameError, nearest

    parts = [item.component.name for item in plugins.components()]
    recipes = [recipe.name for _, recipe in plugins.recipes()]
    near = nearest(name, {*_SECTIONS, *parts, *recipes})
    return UnknownNameError(
        f"no part or recipe is named {name!r}: {near} See: textgen plugins list"
    )
