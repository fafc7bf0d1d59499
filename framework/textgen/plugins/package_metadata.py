"""What a package's metadata say of it: who it is, where they are, whether it fits this textgen.

Knows nothing of plugins.
"""

from __future__ import annotations

import json
from importlib.metadata import Distribution
from pathlib import Path
from typing import TYPE_CHECKING

import textgen
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


def source_url(dist: Distribution) -> str:
    """Return what a package was installed from, as pip takes it (PyPA's "direct URL" record).

    Empty where it came from an index, or nothing was recorded.
    """
    try:
        record = json.loads(dist.read_text("direct_url.json") or "{}")
        url, vcs = str(record.get("url", "")), record.get("vcs_info")
        return f"{vcs['vcs']}+{url}@{vcs['commit_id']}" if vcs else url
    except Exception:  # whatever another program has written there
        return ""


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
