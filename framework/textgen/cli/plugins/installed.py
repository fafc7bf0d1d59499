"""Which packages are installed: the version of each, and the folder it came from, if one.

Knows nothing of plugins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import distributions

from textgen.plugins.choice import normal
from textgen.plugins.package_metadata import Origin, identity, origin_of


@dataclass(frozen=True)
class InstalledPackage:
    """A package as pip left it.

    Attributes:
        name: Its name.
        version: Its version.
        origin: What it was installed from.
    """

    name: str
    version: str
    origin: Origin = field(default_factory=Origin)

    def __str__(self) -> str:
        known = f"{self.name} {self.version}"
        return f"{known} (editable, in {self.origin.folder})" if self.origin.is_editable else known


def installed_packages() -> dict[str, InstalledPackage]:
    """Return every package by its normal name; of two that share one, the one that is imported."""
    found: dict[str, InstalledPackage] = {}
    for dist in distributions():
        package = InstalledPackage(*identity(dist), origin_of(dist))
        found.setdefault(normal(package.name), package)
    return found


def changes_since(before: Mapping[str, InstalledPackage]) -> str:
    """Return which packages are not as they were, for whoever has stopped what changes them."""
    now = installed_packages()
    changed = sorted(
        name for name in before.keys() | now.keys() if before.get(name) != now.get(name)
    )
    if not changed:
        return "nothing was changed"
    return f"pip had changed {', '.join(changed)} already. See: textgen plugins doctor"
