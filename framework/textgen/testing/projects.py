"""A plugin's project folder, as if it were installed: its entry points, read from pyproject.toml.

So that an author can check a plugin before anybody, the author included, has installed it.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from typing import Any

from textgen.errors import UsageError
from textgen.plugins import Plugins
from textgen.plugins.entry_points import GROUP
from textgen.request import read_toml

_FILE = "pyproject.toml"


def plugins_in(folder: Path) -> Plugins:
    """Load the plugins of a project's folder, and no others.

    Python imports from ``src`` in the folder first, then from the folder itself.

    Raises:
        UsageError: There is no pyproject.toml, or it names no plugin in the way that is asked for.
    """
    try:
        project = _table(read_toml(folder / _FILE), "project")
        points = _Folder(folder, project).entry_points.select(group=GROUP)
        _require_some(points)
    except UsageError as error:
        raise UsageError(f"{folder / _FILE}: {error}") from error
    sys.path[:0] = [str(source.absolute()) for source in (folder / "src", folder)]
    return Plugins(points)


def _require_some(points: Collection[EntryPoint]) -> None:
    if not points:
        raise UsageError(
            f"it names no plugin. Add [project.entry-points.{GROUP}] with a line such as: "
            'name = "package_of_the_plugin"'
        )


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the table of this name in another, empty where there is none."""
    value = table.get(name, {})
    if not isinstance(value, Mapping):
        raise UsageError(
            f"{name} = {value!r} must be a table. Name plugins under "
            f'[project.entry-points.{GROUP}], one a line, such as: name = "package_of_the_plugin"'
        )
    return value


class _Folder(Distribution):
    """A distribution of which only the project's own words are known."""

    def __init__(self, folder: Path, project: Mapping[str, Any]) -> None:
        self._folder = folder
        self._project = project

    def read_text(self, filename: str) -> str | None:
        """Return what the installed file of this name would say."""
        if filename == "METADATA":
            name = self._project.get("name", self._folder.absolute().name)
            return f"Name: {name}\nVersion: {self._project.get('version', 'unknown')}\n"
        if filename == "entry_points.txt":
            points = _table(_table(self._project, "entry-points"), GROUP)
            lines = [f"{name} = {' '.join(str(value).split())}" for name, value in points.items()]
            return "\n".join([f"[{GROUP}]", *lines])
        return None

    def locate_file(self, path: Any) -> Path:
        """Return where a file of the project lies."""
        return Path(self._folder, path)
