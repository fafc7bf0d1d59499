"""`textgen plugins freeze`: the packages that a run's parts came from, as a requirements file."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from textgen.cli.params import JsonParam, RegistryParam, RunParam
from textgen.cli.workspace import open_registry


def freeze(run: RunParam, registry: RegistryParam = None, json: JsonParam = False) -> None:
    """Print the packages of a run's parts, as pip's requirements.

    Example: textgen plugins freeze latest > requirements.txt
    """
    from textgen.cli.display import print_json
    from textgen.cli.values import named, of_run

    record = open_registry(registry).find(run)
    requirements = sorted({_requirement(part) for part in record.parts.values()})
    if json:
        print_json({**of_run(record), "requirements": requirements})
        return
    lines = [f"# the parts of run {named(record)}", *requirements]
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _requirement(part: Mapping[str, str]) -> str:
    """Return what pip installs the part's package from: an index, or where it came from."""
    if part.get("url"):
        return f"{part['package']} @ {part['url']}"
    return f"{part['package']}=={part['version']}"
