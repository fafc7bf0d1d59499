"""Discovery: every installed plugin, each loaded on its own.

A plugin is an entry point of the group ``textgen``. One that fails in whatever way is set aside
with its cause, its hooks undone; one that the user blocked is never imported. The built-in parts
come through the same door. Not to be set aside is a plugin that ends this very process, or never
comes back: `textgen plugins doctor` finds such a one.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, TypeVar

import pluggy

from textgen import hookspecs
from textgen.components import Component, Kind, KnownPart, Recipe
from textgen.errors import PluginError
from textgen.plugins.package_metadata import identity

_COMPONENT_HOOKS = {f"textgen_{kind.value}s": kind for kind in Kind}
_CONTRACT = "textgen_contract"

State = Literal["loaded", "failed", "blocked"]
T = TypeVar("T")


@dataclass(frozen=True)
class Provider:
    """A plugin and the distribution it came in."""

    plugin: str
    package: str
    version: str

    def as_dict(self) -> dict[str, str]:
        """Return ``plugin``, ``package`` and ``version``."""
        return {"plugin": self.plugin, "package": self.package, "version": self.version}

    def __str__(self) -> str:
        return f"plugin {self.plugin!r} of {self.package} {self.version}"


@dataclass(frozen=True)
class Provided:
    """A component together with who provides it."""

    kind: Kind
    component: Component
    provider: Provider

    @property
    def name(self) -> str:
        """The component's name."""
        return self.component.name

    def record(self) -> dict[str, str]:
        """Return what a run records of this part."""
        return {"name": self.name, **self.provider.as_dict()}


@dataclass(frozen=True)
class ProvidedRecipe:
    """A recipe together with who provides it."""

    recipe: Recipe
    provider: Provider

    @property
    def name(self) -> str:
        """The recipe's name."""
        return self.recipe.name


@dataclass(frozen=True)
class Plugin:
    """An installed plugin and what became of it.

    Attributes:
        provider: Its name, package and version.
        path: The folder or file of its code; of its package where it was not imported.
        state: ``loaded``, ``failed`` or ``blocked``.
        cause: Why it is not loaded; empty where it is.
        hooks: The hooks it implements.
        parts: The parts it provides.
        recipes: The recipes it provides.
        known: Parts of other packages that it knows of.
        warnings: What its author should change before a later version of the contract.
    """

    provider: Provider
    path: str
    state: State
    cause: str = ""
    hooks: tuple[str, ...] = ()
    parts: tuple[Provided, ...] = ()
    recipes: tuple[ProvidedRecipe, ...] = ()
    known: tuple[KnownPart, ...] = ()
    warnings: tuple[str, ...] = ()


class Loader:
    """Takes entry points in, one by one.

    Attributes:
        manager: pluggy's manager, which holds the plugins that are well.
    """

    def __init__(self, specs: ModuleType = hookspecs) -> None:
        """Load plugins that implement hooks of ``specs``."""
        self.manager = pluggy.PluginManager("textgen")
        self.manager.add_hookspecs(specs)

    def load(self, point: EntryPoint) -> Plugin:
        """Import a plugin and ask what it provides; whatever goes wrong is in the answer."""
        provider = provider_of(point)
        try:
            with redirect_stdout(sys.stderr):  # stdout may be a document that others read
                return self._register(_imported(point), point, provider)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return Plugin(provider, location_of(point), "failed", _cause(error))

    def _register(self, module: Any, point: EntryPoint, provider: Provider) -> Plugin:
        """Register a plugin and return what it announces; one that fails hears no events."""
        self._refuse_second_entry(module, point)
        _require_contract(getattr(module, _CONTRACT, hookspecs.CONTRACT))
        try:
            with warnings.catch_warnings(record=True, action="always") as caught:
                self.manager.register(module, name=f"{provider.package}:{provider.plugin}")
            self.manager.check_pending()
            return Plugin(
                provider,
                _path_of(module) or location_of(point),
                "loaded",
                hooks=tuple(caller.name for caller in self.manager.get_hookcallers(module) or ()),
                parts=tuple(self._parts_of(module, provider)),
                recipes=tuple(
                    ProvidedRecipe(recipe, provider)
                    for recipe in self._yielded(module, "textgen_recipes", Recipe)
                ),
                known=tuple(self._yielded(module, "textgen_known_parts", KnownPart)),
                warnings=tuple(str(warning.message) for warning in caught),
            )
        except BaseException:
            if self.manager.is_registered(module):
                self.manager.unregister(module)
            raise

    def _refuse_second_entry(self, module: object, point: EntryPoint) -> None:
        first = self.manager.get_name(module)
        if first is not None:
            raise PluginError(
                f"it is {point.value!r}, which is registered already, as {first}: a module is one "
                "plugin. Remove one of the two entry points."
            )

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


def provider_of(point: EntryPoint) -> Provider:
    """Return who an entry point belongs to, without importing anything."""
    package, version = ("unknown", "unknown") if point.dist is None else identity(point.dist)
    return Provider(point.name, package, version)


def location_of(point: EntryPoint) -> str:
    """Return the folder that an entry point's package is installed in."""
    return "unknown" if point.dist is None else str(Path(str(point.dist.locate_file(""))))


def _imported(point: EntryPoint) -> Any:
    if not point.pattern.match(point.value):
        raise PluginError(
            f"its entry point {point.name} = {point.value!r} must name a module: 'package.module'"
        )
    return point.load()


def _path_of(module: object) -> str | None:
    file = getattr(module, "__file__", None)
    if not file:
        return None
    path = Path(file)
    return str(path.parent if path.name == "__init__.py" else path)


def _require_contract(written_for: object) -> None:
    """Refuse a plugin of another contract: of another major version, or of a later minor one."""
    ours = _version(hookspecs.CONTRACT)
    theirs = _version(written_for)
    if theirs is None:
        raise PluginError(f"{_CONTRACT} = {written_for!r} must be a version such as '1.0'")
    if ours is not None and (theirs[0] != ours[0] or theirs > ours):
        which = "Update textgen-framework." if theirs > ours else "Update this plugin."
        raise PluginError(
            f"it is written for version {written_for} of the contract, and this textgen keeps "
            f"{hookspecs.CONTRACT}. {which}"
        )


def _version(text: object) -> tuple[int, int] | None:
    try:
        major, _, minor = str(text).partition(".")
        return int(major), int(minor or 0)
    except ValueError:
        return None


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


def _cause(error: BaseException) -> str:
    """Return what to tell of an error: a plugin author's own message, or that of any other."""
    said = str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
    return " ".join(said.split())
