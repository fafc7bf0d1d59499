"""A plugin's project folder, as if it were installed: its entry points, read from pyproject.toml.

So that an author can check a plugin before anybody, the author included, has installed it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

from textgen.errors import UsageError
from textgen.plugins import Plugins
from textgen.plugins.entry_points import GROUP
from textgen.request import read_toml

_FILE = "pyproject.toml"


def plugins_in(folder: Path) -> Plugins:
    """Load the plugins of a project's folder, and no others.

    The folder, or ``src`` in it where there is one, becomes the first that Python imports from.

    Raises:
        UsageError: There is no pyproject.toml, or it names no plugin.
    """
    project = _project(folder)
    points = _Folder(folder, project).entry_points.select(group=GROUP)
    if not points:
        raise UsageError(
            f"{folder / _FILE}: it names no plugin. Add [project.entry-points.{GROUP}] with a line "
            'such as: name = "package_of_the_plugin"'
        )
    source = folder / "src"
    sys.path.insert(0, str((source if source.is_dir() else folder).absolute()))
    return Plugins(points)


def _project(folder: Path) -> Mapping[str, Any]:
    path = folder / _FILE
    try:
        project = read_toml(path).get("project", {})
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
    return project if isinstance(project, Mapping) else {}


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
            groups = self._project.get("entry-points", {})
            lines = [f"{name} = {value}" for name, value in groups.get(GROUP, {}).items()]
            return "\n".join([f"[{GROUP}]", *lines])
        return None

    def locate_file(self, path: Any) -> Path:
        """Return where a file of the project lies."""
        return Path(self._folder, path)
