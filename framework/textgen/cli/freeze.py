"""`textgen plugins freeze`: the packages that a run's parts came from, as a requirements file."""

from __future__ import annotations

import sys

from textgen.cli.params import JsonParam, RegistryParam, RunParam
from textgen.cli.workspace import open_registry


def freeze(run: RunParam, registry: RegistryParam = None, json: JsonParam = False) -> None:
    """Print the packages that a run's parts came from, as pip's requirements.

    Example: textgen plugins freeze latest > requirements.txt
    """
    from textgen.cli.display import print_json

    record = open_registry(registry).find(run)
    versions = {part["package"]: part["version"] for part in record.parts.values()}
    requirements = [f"{package}=={version}" for package, version in sorted(versions.items())]
    if json:
        print_json({"run": record.id, "name": record.name, "requirements": requirements})
        return
    lines = [f"# the parts of run {record.name} ({record.id})", *requirements]
    sys.stdout.writelines(f"{line}\n" for line in lines)
