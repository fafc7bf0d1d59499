"""Which package a plugin or a part came in, read from metadata for as long as that will do.

A broken plugin is found without importing anything of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution

from textgen.cli.plugins.pip import listed_parts
from textgen.errors import UsageError, nearest
from textgen.plugins.choice import normal, same
from textgen.plugins.entry_points import installed_points
from textgen.plugins.lookup import unknown_name
from textgen.plugins.package_metadata import OURSELVES
from textgen.plugins.provided import Provider, provider_of

_NAMELESS = (
    "its metadata do not tell the name of its package, which pip would need. Where they are: "
    "textgen plugins doctor"
)


def package_of(name: str) -> str:
    """Return the package of a plugin that goes by ``name``: its own, its plugin's or a part's.

    Raises:
        UsageError: It is no package of plugins, or textgen's own, or more than one goes by it.
        UnknownNameError: Nothing goes by it; the nearest name is in the message.
    """
    providers = [provider_of(point) for point in installed_points()]
    parts: list[tuple[str, str]] = []
    found = {item.package for item in providers if same(name, item.plugin, item.package)}
    found = {package for package in found if normal(package) == normal(name)} or found
    if not found:
        parts = list(_parts())
        found = {package for part, package in parts if name in (part, f"{package}/{part}")}
    if not found:
        raise _unknown(name, [*_names(providers), *(part for part, _ in parts)])
    if len(found) > 1:
        told = " and ".join(sorted(found))
        raise UsageError(f"plugins uninstall {name}: that is of {told}. Say which package.")
    return _allowed(name, found.pop())


def _parts() -> Iterator[tuple[str, str]]:
    """Yield the name and package of every part and recipe that works."""
    for row in listed_parts() or []:
        yield row["name"], row["package"]


def _names(providers: list[Provider]) -> Iterator[str]:
    for item in providers:
        yield from (item.plugin, item.package)


def _allowed(name: str, package: str) -> str:
    if normal(package) == OURSELVES:
        raise UsageError(
            f"plugins uninstall {name}: that is of {OURSELVES}, which is textgen itself. To do "
            "without its parts: textgen --no-plugin builtin …"
        )
    if package == "unknown":
        raise UsageError(f"plugins uninstall {name}: {_NAMELESS}")
    return package


def _unknown(name: str, known: list[str]) -> UsageError:
    try:
        package = distribution(name).name
    except (PackageNotFoundError, ValueError):
        return unknown_name("part, plugin or package", name, nearest(name, known))
    return UsageError(
        f"plugins uninstall {name}: {package} is no plugin of textgen. To remove it all the same: "
        f"python -m pip uninstall {package}"
    )
