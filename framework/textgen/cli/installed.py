"""Which packages are installed: the version of each, and the folder it came from, if one.

Knows nothing of plugins.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from urllib.parse import urlsplit
from urllib.request import url2pathname

from textgen.plugins.choice import normal
from textgen.plugins.package_metadata import identity


@dataclass(frozen=True)
class InstalledPackage:
    """A package as pip left it.

    Attributes:
        name: Its name.
        version: Its version.
        folder: The folder that it was installed from; empty where it was none.
        is_editable: Whether its code is used where it lies in that folder.
    """

    name: str
    version: str
    folder: str = ""
    is_editable: bool = False

    def __str__(self) -> str:
        known = f"{self.name} {self.version}"
        return f"{known} (editable, in {self.folder})" if self.is_editable else known


def installed_packages() -> dict[str, InstalledPackage]:
    """Return every package by its normal name; of two that share one, the one that is imported."""
    found: dict[str, InstalledPackage] = {}
    for dist in distributions():
        package = _package(dist)
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


def _package(dist: Distribution) -> InstalledPackage:
    """Read what PEP 610 lets pip note of where a package came from."""
    name, version = identity(dist)
    origin: object = None
    with suppress(OSError, ValueError):
        origin = json.loads(dist.read_text("direct_url.json") or "null")
    if not isinstance(origin, dict) or not isinstance(origin.get("dir_info"), dict):
        return InstalledPackage(name, version)
    folder = url2pathname(urlsplit(str(origin.get("url"))).path)
    return InstalledPackage(name, version, folder, bool(origin["dir_info"].get("editable")))
