"""The plugins of this environment, and look-up by name: of parts, and of recipes.

A name has one provider of its kind. Where two packages claim it, the user chooses: ``package/name``
always means one of them, and a preference decides for all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any, TypeVar

import pluggy

from textgen import hookspecs
from textgen.components import Kind, Recipe
from textgen.errors import PluginError, UnknownNameError, nearest
from textgen.plugins.choice import PluginChoice, normal, notices_on, same
from textgen.plugins.discovery import Loader
from textgen.plugins.entry_points import installed_points
from textgen.plugins.provided import (
    Plugin,
    Provided,
    ProvidedRecipe,
    Provider,
    location_of,
    provider_of,
)
from textgen.plugins.source_names import source_meant

Named = Provided | ProvidedRecipe
T = TypeVar("T", Provided, ProvidedRecipe)


class Plugins:
    """The plugins of this environment.

    Attributes:
        manager: pluggy's manager; it hears a run's events.
        installed: Every plugin, in whatever state.
        notices: What to tell a user of the choice of plugins.
    """

    def __init__(
        self,
        points: Iterable[EntryPoint],
        choice: PluginChoice | None = None,
        specs: ModuleType = hookspecs,
    ) -> None:
        """Load the plugins that ``choice`` allows.

        Args:
            points: Entry points, one per plugin.
            choice: What the user said of plugins.
            specs: The hooks that plugins may implement.
        """
        self._choice = choice or PluginChoice()
        loader = Loader(specs)
        self.installed = [self._load(loader, point) for point in points]
        self.manager: pluggy.PluginManager = loader.manager
        names = [(item.provider.plugin, item.provider.package) for item in self.installed]
        self.notices = notices_on(self._choice, names)

    @property
    def failures(self) -> list[Plugin]:
        """The plugins that were set aside."""
        return [plugin for plugin in self.installed if plugin.state == "failed"]

    def components(self, kind: Kind | None = None) -> list[Provided]:
        """Return what is provided, of one kind or of all, by kind and name."""
        order = list(Kind)
        parts = [part for plugin in self.installed for part in plugin.parts]
        found = [item for item in parts if kind in (None, item.kind)]
        return sorted(found, key=lambda item: (order.index(item.kind), item.component.name))

    def find(self, kind: Kind, name: str, *, use: str | None = None) -> Provided:
        """Return the part of this kind and name, which may be ``package/name``.

        Args:
            kind: The kind of part.
            name: Its name.
            use: All that the user wrote, where that is more: a source's name with its locator.

        Raises:
            UnknownNameError: Nobody provides it; the nearest name is in the message.
            PluginError: Two packages provide it.
        """
        return self._one(kind.value, name, self.components(kind), use)

    def registered(self) -> list[tuple[Provider, object]]:
        """Return the plugins that are in use, as what their entry points name."""
        loaded = [item.provider for item in self.installed if item.state == "loaded"]
        return [(item, self.manager.get_plugin(f"{item.package}:{item.plugin}")) for item in loaded]

    def recipes(self) -> list[ProvidedRecipe]:
        """Return all recipes, by name."""
        found = [recipe for plugin in self.installed for recipe in plugin.recipes]
        return sorted(found, key=lambda item: item.name)

    def recipe(self, name: str) -> Recipe:
        """Return the recipe of this name, which may be ``package/name``.

        Where its own package provides a part that it names, that part is meant, so that a package
        that claims the same name changes no recipe.

        Raises:
            UnknownNameError: Nobody provides it.
            PluginError: Two packages provide it.
        """
        found = self._one("recipe", name, self.recipes())
        settings = {
            key: self._from_package(key, value, found.provider.package)
            for key, value in found.recipe.settings.items()
        }
        return replace(found.recipe, settings=settings)

    def meant(self, kind: Kind, use: str, package: str) -> str:
        """Return ``use`` as it means the part of ``package`` where several provide that name.

        A preference of the user's goes before.

        Args:
            kind: The kind of part.
            use: A part's name, for a source with its locator.
            package: Whose part is meant, if that package has one.
        """
        name, colon, locator = use.partition(":")
        named = [item.provider for item in self.components(kind) if item.name == name]
        owners = {normal(provider.package) for provider in named}
        is_chosen = any(map(self.is_preferred, named))
        is_ambiguous = len(owners) > 1 and normal(package) in owners and not is_chosen
        return f"{package}/{name}{colon}{locator}" if is_ambiguous else use

    def where_else(self, name: str, kind: str | None = None) -> str | None:
        """Say where a part may come from that no loaded plugin provides; None if nobody knows.

        Args:
            name: The part's name, which may be ``package/name``.
            kind: The kind of part; None for any.
        """
        package, _, plain = name.rpartition("/")
        for plugin in self.installed:
            if plugin.state != "loaded" and _may_provide(plugin.provider, package, plain):
                why = plugin.cause.rstrip(".")
                return f"{plugin.provider}, which may provide it, is not in use ({why})."
        loaded = {normal(item.provider.package) for item in self.installed}
        for part in (part for plugin in self.installed for part in plugin.known):
            if part.name == plain and kind in (None, part.kind) and part.package not in loaded:
                return (
                    f"{part.kind} {plain!r} is provided by {part.package}, which is not "
                    f"installed; to install it: {part.install}."
                )
        return None

    def is_preferred(self, provider: Provider) -> bool:
        """Whether the user said that this provider's parts are meant."""
        return self._choice.prefers(provider.plugin, provider.package)

    def _load(self, loader: Loader, point: EntryPoint) -> Plugin:
        provider = provider_of(point)
        why = self._choice.why_blocked(provider.plugin, provider.package)
        if why is not None:
            return Plugin(provider, location_of(point), "blocked", why)
        return loader.load(point)

    def _one(self, kind: str, asked: str, items: Sequence[T], use: str | None = None) -> T:
        """Return the one item that ``asked``, maybe ``package/name``, means."""
        package, slash, name = asked.rpartition("/")
        found = [
            item
            for item in items
            if item.name == name and (not slash or _is_of(item.provider, package))
        ]
        if not found:
            raise self._unknown(kind, asked, items, use or asked)
        ranks = [
            self._choice.preference(item.provider.plugin, item.provider.package) for item in found
        ]
        chosen = [item for item, rank in zip(found, ranks, strict=True) if rank == min(ranks)]
        if len(chosen) > 1:
            raise _clash(f"{kind} {asked!r}", name, [item.provider for item in chosen])
        return chosen[0]

    def _unknown(self, kind: str, name: str, items: Sequence[Named], use: str) -> UnknownNameError:
        if kind == Kind.SOURCE:
            sources = [item.component for item in items if isinstance(item, Provided)]
            meant = source_meant(use, sources)
            if meant is not None:
                return unknown_name(kind, use, meant)
        hint = self.where_else(name, kind) or self._nearest(name, items)
        return unknown_name(kind, name, hint)

    def _nearest(self, name: str, items: Sequence[Named]) -> str:
        package, _, plain = name.rpartition("/")
        owners = {item.provider.package for item in items if item.name == plain}
        if package and owners:
            return f"{plain!r} is that of {' and '.join(sorted(owners))}."
        return f"{nearest(plain, {item.name for item in items})}{self._not_in_use()}"

    def _not_in_use(self) -> str:
        missing = [item for item in self.installed if item.state != "loaded"]
        told = ", ".join(f"{item.provider.plugin} ({item.state})" for item in missing)
        return f" Plugins not in use: {told}." if told else ""

    def _from_package(self, section: str, value: Any, package: str) -> Any:
        """Return a section of a recipe whose part is the one of ``package``, if that has it."""
        if section not in list(Kind):
            return value
        if isinstance(value, str):
            return self.meant(Kind(section), value, package)
        if isinstance(value, Mapping) and isinstance(value.get("use"), str):
            return {**value, "use": self.meant(Kind(section), value["use"], package)}
        return value


def unknown_name(what: str, name: str, hint: str) -> UnknownNameError:
    """Return the error for a name that nothing goes by.

    Args:
        what: What was looked for.
        name: What the user wrote.
        hint: What is near it, as a sentence.
    """
    return UnknownNameError(f"no {what} is named {name!r}: {hint} See: textgen plugins list")


def load_plugins(choice: PluginChoice | None = None) -> Plugins:
    """Load the plugins of this environment that ``choice``, or else the environment, allows."""
    return Plugins(installed_points(), choice or PluginChoice.from_environment(os.environ))


def _is_of(provider: Provider, name: str) -> bool:
    return same(name, provider.plugin, provider.package)


def _may_provide(provider: Provider, package: str, name: str) -> bool:
    if package:
        return _is_of(provider, package)
    return _is_of(provider, name) or normal(provider.package) == normal(f"textgen-{name}")


def _clash(what: str, name: str, providers: Sequence[Provider]) -> PluginError:
    packages = " and ".join(f"{item.package} {item.version}" for item in providers)
    first = providers[0].package
    if len({normal(item.package) for item in providers}) == 1:
        plugins, first = " and ".join(item.plugin for item in providers), providers[0].plugin
        packages = f"{providers[0].package} twice, by its plugins {plugins}"
    return PluginError(
        f"{what} is provided by {packages}; a name must have one provider. Say which one: "
        f"{first}/{name}, or for all names textgen --plugin-prefer {first} …"
    )
