"""What `textgen plugins list` and `show` know of plugins, parts and recipes, as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textgen.options import describe
from textgen.plugins import Plugins
from textgen.plugins.choice import same
from textgen.plugins.provided import Plugin, Provided, ProvidedRecipe

Row = dict[str, Any]


def rows_of_all(plugins: Plugins) -> list[Row]:
    """Return a row for each part and recipe, and for each plugin that provides neither.

    Each has ``kind``, ``name``, ``summary``, ``plugin``, ``package``, ``version``, ``path``,
    ``hooks`` and ``state``.
    """
    owners = {plugin.provider: plugin for plugin in plugins.installed}
    parts = [_part_row(owners[item.provider], item) for item in plugins.components()]
    recipes = [_recipe_row(owners[item.provider], item) for item in plugins.recipes()]
    others = [item for item in plugins.installed if not (item.parts or item.recipes)]
    return [*parts, *recipes, *map(_other_row, others)]


def plugin_rows(plugins: Plugins) -> list[Row]:
    """Return a row for each plugin."""
    return [
        {
            **plugin.provider.as_dict(),
            "state": f"{plugin.state}: {plugin.cause}" if plugin.cause else plugin.state,
            "hooks": ", ".join(hook.removeprefix("textgen_") for hook in plugin.hooks),
            "path": plugin.path,
        }
        for plugin in plugins.installed
    ]


def shown_as(plugins: Plugins, name: str) -> Iterator[Row]:
    """Yield all that goes by ``name``, which may be ``package/name``: parts, recipes, plugins."""
    package, _, plain = name.rpartition("/")
    for plugin in plugins.installed:
        provider = plugin.provider
        if package and not same(package, provider.plugin, provider.package):
            continue
        for part in plugin.parts:
            if part.name == plain:
                yield _part_page(plugin, part)
        for recipe in plugin.recipes:
            if recipe.name == plain:
                yield {**_recipe_row(plugin, recipe), "settings": recipe.recipe.settings}
        if same(name, provider.plugin, provider.package):
            yield _plugin_page(plugin)


def known_names(plugins: Plugins) -> list[str]:
    """Return the names of all parts, recipes and plugins, each once."""
    parts = [item.name for item in plugins.components()]
    recipes = [item.name for item in plugins.recipes()]
    return list(
        dict.fromkeys([*parts, *recipes, *(item.provider.plugin for item in plugins.installed)])
    )


def _part_page(plugin: Plugin, part: Provided) -> Row:
    return {
        **_part_row(plugin, part),
        "aliases": dict(part.component.aliases),
        "options": describe(part.component.options),
    }


def _plugin_page(plugin: Plugin) -> Row:
    provided = [f"{part.kind} {part.name}" for part in plugin.parts]
    recipes = [f"recipe {recipe.name}" for recipe in plugin.recipes]
    return {**_other_row(plugin), "cause": plugin.cause, "provides": [*provided, *recipes]}


def _part_row(plugin: Plugin, part: Provided) -> Row:
    return _row(plugin, part.kind.value, part.name, part.component.summary)


def _recipe_row(plugin: Plugin, item: ProvidedRecipe) -> Row:
    return _row(plugin, "recipe", item.name, item.recipe.summary)


def _other_row(plugin: Plugin) -> Row:
    return _row(plugin, "plugin", plugin.provider.plugin, plugin.cause)


def _row(plugin: Plugin, kind: str, name: str, summary: str) -> Row:
    return {
        "kind": kind,
        "name": name,
        "summary": summary,
        **plugin.provider.as_dict(),
        "path": plugin.path,
        "hooks": list(plugin.hooks),
        "state": plugin.state,
    }
