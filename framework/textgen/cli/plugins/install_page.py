"""What `textgen plugins install` tells of a package that it has installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textgen.cli.display import print_table
from textgen.cli.plugins.installed import InstalledPackage
from textgen.cli.workspace import tell
from textgen.plugins.choice import normal
from textgen.plugins.package_metadata import ways_out
from textgen.plugins.provided import Provider

Rows = Sequence[Mapping[str, Any]]
"""What `textgen plugins list --json` says of parts, recipes and plugins."""


def show_installed(package: InstalledPackage, before: InstalledPackage | None, rows: Rows) -> bool:
    """Show what a package provides, what it replaces, and what is wrong with it.

    Args:
        package: The package.
        before: The same one as it was installed before; None where it was not.
        rows: What all packages provide now.

    Returns:
        Whether all its plugins work.
    """
    if before not in (None, package):
        tell(f"{package} replaces {before}")
    provided = [row for row in rows if normal(row["package"]) == normal(package.name)]
    failed = [row for row in provided if row["state"] == "failed"]
    _print([row for row in provided if row["state"] != "failed"])
    for row in failed:
        provider = Provider(row["plugin"], row["package"], row["version"])
        ways = ways_out(package.name, package.origin)
        tell(f"{provider} is not used: {row['summary'].rstrip('.')}. {ways}")
    for row in provided:
        _warn_of_namesakes(row, rows)
    if not provided:
        tell(
            f"{package.name} provides no plugin for textgen; it stays installed. "
            f"To remove it: python -m pip uninstall {package.name}"
        )
    return not failed


def _print(rows: Rows) -> None:
    columns = ["kind", "name", "summary", "package", "version", "state"]
    if rows:
        print_table(columns, [[row[column] for column in columns] for row in rows], whole=["name"])


def _warn_of_namesakes(row: Mapping[str, Any], rows: Rows) -> None:
    """Tell who else has a part or recipe of this name, and how to say whose is meant."""
    key = (row["kind"], row["name"])
    others = {other["package"] for other in rows if (other["kind"], other["name"]) == key}
    others.discard(row["package"])
    if others and row["kind"] != "plugin":
        package, name = row["package"], row["name"]
        tell(
            f"note: {row['kind']} {name!r} is also of {' and '.join(sorted(others))}. From now on "
            f"say whose: {package}/{name}, or for all names textgen --plugin-prefer {package} …"
        )
