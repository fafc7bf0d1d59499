"""What a package's metadata say of it: who it is, where they are, whether it fits this textgen.

Knows nothing of plugins.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import textgen
from textgen.errors import command
from textgen.plugins.choice import normal

if TYPE_CHECKING:
    from packaging.requirements import Requirement

OURSELVES = "textgen-framework"


def identity(dist: Distribution) -> tuple[str, str]:
    """Return a package's name and version, each ``unknown`` where its metadata do not tell."""
    try:
        metadata = dist.metadata
    except Exception:
        return "unknown", "unknown"
    name, version = (metadata.get_all(key) or [""] for key in ("Name", "Version"))
    return name[0] or "unknown", version[0] or "unknown"


@dataclass(frozen=True)
class Origin:
    """Where a package was installed from, if that was no index (PyPA's "direct URL" record).

    Attributes:
        url: As pip takes it; empty for an index, or where nothing was recorded.
        is_editable: Whether its code is used where it lies.
    """

    url: str = ""
    is_editable: bool = False

    @property
    def folder(self) -> str:
        """The folder that it was, empty where it was none."""
        is_file = self.url.startswith("file:")
        return url2pathname(urlsplit(self.url).path) if is_file else ""


def origin_of(dist: Distribution) -> Origin:
    """Return where a package was installed from."""
    try:
        record = json.loads(dist.read_text("direct_url.json") or "{}")
        url, vcs = str(record.get("url", "")), record.get("vcs_info")
        if vcs:
            url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
        return Origin(url, bool(record.get("dir_info", {}).get("editable")))
    except Exception:  # whatever another program has written there
        return Origin()


def ways_out(package: str, origin: Origin) -> str:
    """Say what to do about a package that does not work, and never name a namesake from elsewhere.

    Args:
        package: Its name.
        origin: Where it was installed from.
    """
    uninstall = command("plugins", "uninstall", package)
    if origin.folder and Path(origin.folder).is_dir():
        again = "" if origin.is_editable else " and install it again"
        return f"Mend it in {origin.folder}{again}, or {uninstall}"
    upgrade = command("plugins", "install", "--upgrade", origin.url or package)
    return f"Install another version of it ({upgrade}), or {uninstall}"


def misfits(package: Distribution | None) -> list[str]:
    """Return what is wrong with a package's requirements, each with what to do about it."""
    if package is None:
        return []
    try:
        requirements = package.requires or []
    except Exception as error:  # metadata that are no text, say
        return [
            f"its metadata cannot be read ({type(error).__name__}: {error}), which stops pip too. "
            f"Delete {metadata_folder(package)} and reinstall it"
        ]
    return [told for text in requirements if (told := _misfit(text))]


def metadata_folder(package: Distribution) -> Path:
    """Return the folder of a package's metadata; the one that holds it where that is unknown."""
    for file in package.files or ():
        if file.name in ("METADATA", "RECORD"):
            return Path(str(file.locate())).parent
    return Path(str(package.locate_file("")))


def _misfit(text: str) -> str:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        why = str(error).partition("\n")[0]
        return f"its requirement {text!r} cannot be read: {why} (to be changed by its author)"
    if normal(requirement.name) != OURSELVES or not _applies(requirement):
        return ""
    if requirement.specifier.contains(textgen.__version__, prereleases=True):
        return ""
    return (
        f"requires {text}, and this is {textgen.__version__}. Update whichever is older: "
        f"python -m pip install --upgrade '{OURSELVES}{requirement.specifier}', or that package"
    )


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate()
