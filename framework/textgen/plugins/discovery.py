"""Discovery: every installed plugin, each loaded on its own.

A plugin is an entry point of the group ``textgen``. One that fails in whatever way is set aside
with its cause, its hooks undone; one that the user blocked is never imported. The built-in parts
come through the same door. Not to be set aside is a plugin that ends this very process, or never
comes back: `textgen plugins doctor` finds such a one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import pluggy

from textgen import hookspecs
from textgen.blame import told
from textgen.components import DEFAULT_RECIPE, Component, Kind, KnownPart, Recipe
from textgen.errors import PluginError
from textgen.plugins.guarding import put_back
from textgen.plugins.provided import (
    Plugin,
    Provided,
    ProvidedRecipe,
    Provider,
    location_of,
    provider_of,
)
from textgen.plugins.registration import (
    imported,
    refuse_second_entry,
    require_contract,
    require_right_hooks,
)

_COMPONENT_HOOKS = {f"textgen_{kind.value}s": kind for kind in Kind}

T = TypeVar("T")


class Loader:
    """Takes entry points in, one by one.

    Attributes:
        manager: pluggy's manager, which holds the plugins that are well.
    """

    def __init__(self, specs: ModuleType = hookspecs) -> None:
        """Load plugins that implement hooks of ``specs``."""
        self.manager = pluggy.PluginManager("textgen")
        self.manager.add_hookspecs(specs)
        self._provides_defaults: Provider | None = None

    def load(self, point: EntryPoint) -> Plugin:
        """Import a plugin and ask what it provides; whatever goes wrong is in the answer."""
        provider = provider_of(point)
        try:
            with put_back():
                return self._take_in(imported(point), point, provider)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            package = point.value.partition(":")[0].partition(".")[0]
            cause = str(error) if isinstance(error, PluginError) else told(error, package)
            return Plugin(provider, location_of(point), "failed", " ".join(cause.split()))

    def _take_in(self, module: Any, point: EntryPoint, provider: Provider) -> Plugin:
        """Register a plugin and return what it announces; one that fails hears no events."""
        refuse_second_entry(self.manager, module, point)
        require_contract(module)
        require_right_hooks(self.manager, module)
        try:
            with put_back() as caught:
                self.manager.register(module, name=f"{provider.package}:{provider.plugin}")
            warnings = [str(warning.message) for warning in caught]
            return self._announced(module, point, provider, warnings)
        except BaseException:
            if self.manager.is_registered(module):
                self.manager.unregister(module)
            raise

    def _announced(
        self, module: Any, point: EntryPoint, provider: Provider, warnings: Iterable[str]
    ) -> Plugin:
        """Ask a registered plugin what it provides."""
        recipes = [*self._yielded(module, "textgen_recipes", Recipe)]
        plugin = Plugin(
            provider,
            _path_of(module) or location_of(point),
            "loaded",
            hooks=tuple(caller.name for caller in self.manager.get_hookcallers(module) or ()),
            parts=tuple(self._parts_of(module, provider)),
            recipes=tuple(ProvidedRecipe(recipe, provider) for recipe in recipes),
            known=tuple(self._yielded(module, "textgen_known_parts", KnownPart)),
            warnings=tuple(warnings),
        )
        if any(recipe.name == DEFAULT_RECIPE for recipe in recipes):
            self._take_defaults_from(provider)
        return plugin

    def _take_defaults_from(self, provider: Provider) -> None:
        """Refuse a second provider of defaults, which would leave every run without any."""
        if self._provides_defaults is not None:
            raise PluginError(
                f"the recipe {DEFAULT_RECIPE!r} is that of {self._provides_defaults}. Give yours "
                "another name; users choose it by --recipe."
            )
        self._provides_defaults = provider

    def _parts_of(self, module: object, provider: Provider) -> Iterator[Provided]:
        names = set()
        for hook, kind in _COMPONENT_HOOKS.items():
            for component in self._yielded(module, hook, Component):
                if (kind, component.name) in names:
                    raise PluginError(f"{hook} gave two components of the name {component.name!r}")
                names.add((kind, component.name))
                yield Provided(kind, component, provider)

    def _yielded(self, module: object, hook: str, item_type: type[T]) -> Iterator[T]:
        """Yield what a plugin's implementation of a hook does, each checked for its type."""
        caller: pluggy.HookCaller | None = getattr(self.manager.hook, hook, None)
        for implementation in caller.get_hookimpls() if caller else ():
            if implementation.plugin is not module:
                continue
            for item in _iterable(implementation.function(), hook, item_type):
                if not isinstance(item, item_type):
                    wanted = f"textgen.{item_type.__name__}"
                    raise PluginError(f"{hook} gave {item!r}, which is no {wanted}")
                yield item


def _path_of(module: object) -> str | None:
    file = getattr(module, "__file__", None)
    if not file:
        return None
    path = Path(file)
    return str(path.parent if path.name == "__init__.py" else path)


def _iterable(announced: object, hook: str, item_type: type) -> Iterable[Any]:
    if not isinstance(announced, Iterable):
        part = item_type.__name__
        raise PluginError(
            f"{hook} returned {_called(announced)} instead of yielding: "
            f"write 'yield {part}(…)' where it says 'return {part}(…)' or only '{part}(…)'."
        )
    return announced


def _called(announced: object) -> str:
    return "None" if announced is None else f"one {type(announced).__name__}"
