"""What is known of installed plugins: who provides what, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Literal

from textgen.components import Component, Kind, KnownPart, Recipe
from textgen.plugins.package_metadata import Origin, identity, origin_of

State = Literal["loaded", "failed", "blocked"]


@dataclass(frozen=True)
class Provider:
    """A plugin and the distribution it came in.

    Attributes:
        plugin: The name of its entry point.
        package: The distribution.
        version: The distribution's version.
        origin: What the distribution was installed from.
    """

    plugin: str
    package: str
    version: str
    origin: Origin = field(default_factory=Origin)

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
        """Return what a run records of this part; ``url`` where it came from no index."""
        url = self.provider.origin.url
        origin = {"url": url} if url else {}
        return {"name": self.name, **self.provider.as_dict(), **origin}


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


def provider_of(point: EntryPoint) -> Provider:
    """Return who an entry point belongs to, without importing anything."""
    if point.dist is None:
        return Provider(point.name, "unknown", "unknown")
    return Provider(point.name, *identity(point.dist), origin_of(point.dist))


def location_of(point: EntryPoint) -> str:
    """Return the folder that an entry point's package is installed in."""
    return "unknown" if point.dist is None else str(Path(str(point.dist.locate_file(""))))
