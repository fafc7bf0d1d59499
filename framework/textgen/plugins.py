"""Discovery: which plugins are installed, what each provides, and look-up by name.

Every entry point of the group ``textgen`` is loaded on its own. One that fails is set aside with
its cause and costs nobody else anything; the built-in parts come through the same door.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from textgen import hookspecs
from textgen.components import Component, Kind, Recipe
from textgen.errors import PluginError, UnknownNameError, nearest

GROUP = "textgen"
_COMPONENT_HOOKS = {kind: f"textgen_{kind.value}s" for kind in Kind}


@dataclass(frozen=True)
class Provider:
    """A plugin and the distribution it came in."""

    plugin: str
    package: str
    version: str

    def as_dict(self) -> dict[str, str]:
        """Return ``plugin``, ``package`` and ``version``."""
        return {"plugin": self.plugin, "package": self.package, "version": self.version}


@dataclass(frozen=True)
class Provided:
    """A component together with who provides it."""

    kind: Kind
    component: Component
    provider: Provider

    def record(self) -> dict[str, str]:
        """Return what a run records of this part."""
        return {"name": self.component.name, **self.provider.as_dict()}


@dataclass(frozen=True)
class Failure:
    """A plugin that could not be used, and why."""

    provider: Provider
    cause: str


class Plugins:
    """The plugins of this environment.

    Attributes:
        manager: pluggy's manager; ``manager.hook`` announces run events.
        failures: Plugins that were set aside.
    """

    def __init__(self, points: Iterable[EntryPoint]) -> None:
        self.manager = pluggy.PluginManager(GROUP)
        self.manager.add_hookspecs(hookspecs)
        self.failures: list[Failure] = []
        self._components: list[Provided] = []
        self._recipes: list[tuple[Provider, Recipe]] = []
        self._registered: list[tuple[Provider, object]] = []
        for point in points:
            self._take_in(point)

    def components(self, kind: Kind | None = None) -> list[Provided]:
        """Return what is provided, of one kind or of all, by kind and name."""
        order = list(Kind)
        found = [item for item in self._components if kind in (None, item.kind)]
        return sorted(found, key=lambda item: (order.index(item.kind), item.component.name))

    def find(self, kind: Kind, name: str) -> Provided:
        """Return the part of this kind and name.

        Raises:
            UnknownNameError: Nobody provides it; the nearest name is in the message.
            PluginError: Two packages provide it.
        """
        found = [item for item in self.components(kind) if item.component.name == name]
        if not found:
            known = [item.component.name for item in self.components(kind)]
            raise UnknownNameError(
                f"no {kind} is named {name!r}: {nearest(name, known)} See: textgen plugins list"
            )
        _refuse_clash(f"{kind} {name!r}", [item.provider for item in found])
        return found[0]

    def registered(self) -> list[tuple[Provider, object]]:
        """Return the plugins that are in use, as what their entry points name."""
        return list(self._registered)

    def recipes(self) -> list[tuple[Provider, Recipe]]:
        """Return all recipes with who provides them, by name."""
        return sorted(self._recipes, key=lambda pair: pair[1].name)

    def recipe(self, name: str) -> Recipe:
        """Return the recipe of this name.

        Raises:
            UnknownNameError: Nobody provides it.
            PluginError: Two packages provide it.
        """
        found = [pair for pair in self._recipes if pair[1].name == name]
        if not found:
            near = nearest(name, [recipe.name for _, recipe in self._recipes])
            raise UnknownNameError(f"no recipe is named {name!r}: {near} See: textgen plugins list")
        _refuse_clash(f"recipe {name!r}", [provider for provider, _ in found])
        return found[0][1]

    def _take_in(self, point: EntryPoint) -> None:
        provider = _provider(point)
        try:
            plugin = point.load()
            components, recipes = self._register(plugin, point, provider)
        except (Exception, SystemExit) as error:
            self.failures.append(Failure(provider, _cause(error)))
            return
        self._registered.append((provider, plugin))
        self._components += [Provided(kind, item, provider) for kind, item in components]
        self._recipes += [(provider, recipe) for recipe in recipes]

    def _register(
        self, plugin: object, point: EntryPoint, provider: Provider
    ) -> tuple[list[tuple[Kind, Component]], list[Recipe]]:
        """Register a plugin and return what it announces; one that fails hears no events."""
        self._refuse_second_entry(plugin, point)
        try:
            self.manager.register(plugin, name=f"{provider.package}:{provider.plugin}")
            self.manager.check_pending()
            return list(self._components_of(plugin)), list(self._recipes_of(plugin))
        except BaseException:
            if self.manager.is_registered(plugin):
                self.manager.unregister(plugin)
            raise

    def _refuse_second_entry(self, plugin: object, point: EntryPoint) -> None:
        first = self.manager.get_name(plugin)
        if first is not None:
            raise PluginError(
                f"it is {point.value!r}, which is registered already, as {first}: a module is one "
                "plugin. Remove one of the two entry points."
            )

    def _components_of(self, plugin: object) -> Iterator[tuple[Kind, Component]]:
        for kind, hook in _COMPONENT_HOOKS.items():
            for component in self._call(plugin, hook):
                if not isinstance(component, Component):
                    raise PluginError(f"{hook} gave {component!r}, which is no textgen.Component")
                yield kind, component

    def _recipes_of(self, plugin: object) -> Iterator[Recipe]:
        for recipe in self._call(plugin, "textgen_recipes"):
            if not isinstance(recipe, Recipe):
                raise PluginError(f"textgen_recipes gave {recipe!r}, which is no textgen.Recipe")
            yield recipe

    def _call(self, plugin: object, hook: str) -> Iterator[Any]:
        caller: pluggy.HookCaller = getattr(self.manager.hook, hook)
        for implementation in caller.get_hookimpls():
            if implementation.plugin is plugin:
                yield from _iterable(implementation.function(), hook)


def load_plugins() -> Plugins:
    """Load every plugin that is installed in this environment."""
    return Plugins(entry_points(group=GROUP))


def _provider(point: EntryPoint) -> Provider:
    if point.dist is None:
        return Provider(point.name, "unknown", "unknown")
    return Provider(point.name, point.dist.name, point.dist.version)


def _iterable(announced: object, hook: str) -> Iterable[Any]:
    if not isinstance(announced, Iterable):
        part = "Recipe" if hook == "textgen_recipes" else "Component"
        raise PluginError(
            f"{hook} returned {_called(announced)} instead of yielding: "
            f"write 'yield {part}(…)' where it says 'return {part}(…)' or only '{part}(…)'."
        )
    return announced


def _called(announced: object) -> str:
    return "None" if announced is None else f"one {type(announced).__name__}"


def _cause(error: BaseException) -> str:
    """Return what to tell of an error: a plugin author's own message, or that of any other."""
    return str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"


def _refuse_clash(what: str, providers: Sequence[Provider]) -> None:
    if len(providers) > 1:
        packages = " and ".join(f"{item.package} {item.version}" for item in providers)
        raise PluginError(
            f"{what} is provided by {packages}; a name must have one provider. "
            "Uninstall one of the packages."
        )
