"""Shell completion: the names of parts, plugins, runs and models, for whoever presses Tab.

Says nothing of what is broken: it completes what it can, and the commands tell of the rest. Never
imports torch.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from textgen.cli.bash_words import Typed

if TYPE_CHECKING:
    from textgen.plugins import Plugins
    from textgen.plugins.provided import Provided, ProvidedRecipe
    from textgen_registry import ModelRecord

Complete = Callable[[typer.Context, str], list[str]]

_NEWEST = 500


def complete_part(kind: str) -> Complete:
    """Return what completes the name of a part of a kind, of a source with its aliases."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        typed = Typed.before + incomplete
        return _of_typed(_quietly(lambda: _parts(_plugins(ctx), kind, typed)), typed)

    return complete


def complete_recipe(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a recipe."""
    return _quietly(lambda: _recipes(_plugins(ctx), incomplete))


def complete_named(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a part, recipe or plugin."""
    from textgen.cli.plugins.rows import known_names

    return _quietly(lambda: known_names(_plugins(ctx)))


def complete_shown(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete what has a page of its own: a part, recipe, plugin or section."""
    return ["training", "sample", *complete_named(ctx, incomplete)]


def complete_installed(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a plugin or package that can be uninstalled, without importing any."""
    from textgen.plugins.package_metadata import OURSELVES

    return _quietly(lambda: [name for name, of in _installed() if of != OURSELVES])


def complete_plugin(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a plugin or package that can be left out or preferred."""
    return _quietly(lambda: [name for name, _ in _installed()])


def complete_kind(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete what kind of plugin is to be made."""
    from textgen.plugins.scaffolding import KINDS

    return list(KINDS)


def complete_setting(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete ``part.option=``: of the part chosen before the cursor, or else by default."""
    return _quietly(lambda: _settings(_plugins(ctx), ctx.params))


def complete_run(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete a run's name or a model's alias; once something is typed, also id and number."""
    registry, typed = ctx.params.get("registry"), Typed.before + incomplete
    runs = _quietly(lambda: _runs(registry, with_ids=bool(typed)))
    versions = _quietly(lambda: _versions(registry, with_numbers=bool(typed)))
    return _of_typed([*runs, *versions], typed)


def complete_model(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a model."""
    typed = Typed.before + incomplete
    models = _quietly(lambda: [item.name for item in _named_models(ctx.params.get("registry"))])
    return _of_typed(models, typed)


def complete_version(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a model or, once its @ is typed, of a version."""
    if "@" not in Typed.before + incomplete:
        return complete_model(ctx, incomplete)
    versions = _quietly(lambda: _versions(ctx.params.get("registry"), with_numbers=True))
    return _of_typed(versions, Typed.before + incomplete)


def _of_typed(words: Iterable[str], typed: str) -> list[str]:
    """Return the words that begin so, without what of them is before the cursor's."""
    return [word.removeprefix(Typed.before) for word in words if word.startswith(typed)]


def complete_trashed(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a run in the trash or, once something of it is typed, its id."""
    return _quietly(lambda: _trashed(ctx.params.get("registry"), with_ids=bool(incomplete)))


def complete_column(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the last of some names with commas between them, each perhaps with - before it."""
    before, comma, last = incomplete.rpartition(",")
    sign = "-" if last.startswith("-") else ""
    names = _quietly(lambda: _columns(ctx.params.get("registry")))
    return [f"{before}{comma}{sign}{name}" for name in names]


def _quietly(answers: Callable[[], Iterable[str]]) -> list[str]:
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        try:
            return list(answers())
        except Exception:
            return []


def _plugins(ctx: typer.Context) -> Plugins:
    """Load the plugins that a command of the same words would use."""
    from textgen.cli.workspace import plugin_choice, say_of_plugins
    from textgen.plugins import load_plugins

    said = ctx.find_root().params
    say_of_plugins(without=said.get("no_plugin") or (), prefer=said.get("plugin_prefer") or ())
    return load_plugins(plugin_choice())


def _parts(plugins: Plugins, kind: str, typed: str) -> Iterator[str]:
    from textgen.components import Kind

    for part in plugins.components(Kind(kind)):
        for name in _ways_to_name(part, plugins.components(Kind(kind)), typed):
            if part.kind is Kind.SOURCE:
                yield from (f"{name}:{alias}" for alias in part.component.aliases or [""])
            else:
                yield name


def _recipes(plugins: Plugins, typed: str) -> Iterator[str]:
    for recipe in plugins.recipes():
        yield from _ways_to_name(recipe, plugins.recipes(), typed)


def _ways_to_name(
    item: Provided | ProvidedRecipe, others: Sequence[Provided | ProvidedRecipe], typed: str
) -> list[str]:
    """Return an item's name, with its package's where that is needed or was begun."""
    is_shared = sum(other.name == item.name for other in others) > 1
    full = f"{item.provider.package}/{item.name}"
    return [full] if is_shared or "/" in typed else [item.name]


def _installed() -> Iterator[tuple[str, str]]:
    """Yield the names that each plugin goes by, with its package, without importing any."""
    from textgen.plugins.entry_points import installed_points
    from textgen.plugins.provided import provider_of

    for provider in map(provider_of, installed_points()):
        yield provider.plugin, provider.package
        yield provider.package, provider.package


def _settings(plugins: Plugins, chosen: Mapping[str, Any]) -> Iterator[str]:
    from textgen.components import DEFAULT_RECIPE, Kind
    from textgen.settings import resolve

    layers: list[Mapping[str, Any]] = [plugins.recipe(DEFAULT_RECIPE).settings]
    layers += [{kind: {"use": chosen[kind]}} for kind in Kind if chosen.get(kind)]
    for section, options in resolve(plugins, layers).as_dict().items():
        if isinstance(options, dict):
            yield from (f"{section}.{name}=" for name in options if name != "use")


def _runs(registry: str | None, *, with_ids: bool) -> Iterator[str]:
    from textgen.cli.workspace import open_registry

    rows = open_registry(registry).runs(limit=_NEWEST)
    yield from ["latest"] if rows else []
    for row in rows:
        yield row.name
        yield from [row.id] if with_ids else []


def _named_models(registry: str | None) -> list[ModelRecord]:
    from textgen.cli.workspace import open_registry
    from textgen_registry import NamedModels

    return NamedModels(open_registry(registry)).all()


def _versions(registry: str | None, *, with_numbers: bool) -> Iterator[str]:
    for model in _named_models(registry):
        ways = [*(["latest"] if model.versions else []), *model.aliases]
        numbers = [str(version.number) for version in reversed(model.versions)]
        yield from (f"{model.name}@{way}" for way in ways + numbers * with_numbers)


def _trashed(registry: str | None, *, with_ids: bool) -> Iterator[str]:
    from textgen.cli.workspace import open_registry
    from textgen_registry import trashed_runs

    for run in trashed_runs(open_registry(registry))[:_NEWEST]:
        yield run.name
        yield from [run.id] if with_ids else []


def _columns(registry: str | None) -> list[str]:
    from textgen.cli.workspace import open_registry
    from textgen_registry import names_in

    return names_in(open_registry(registry))
