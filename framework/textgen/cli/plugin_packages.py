"""`textgen plugins install` and `uninstall`: packages of plugins, by pip in this environment."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

import typer

from textgen.cli.completion import complete_installed
from textgen.cli.workspace import tell

VerboseParam = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show what pip says, not only where it fails.")
]


def install(
    specs: Annotated[
        list[str],
        typer.Argument(
            metavar="SPEC", help="What pip takes: a name, name==1.2, a folder, a wheel, a URL."
        ),
    ],
    upgrade: Annotated[
        bool, typer.Option("--upgrade", "-U", help="Take the newest version there is.")
    ] = False,
    verbose: VerboseParam = False,
) -> None:
    """Install plugins into this environment, and say which parts they provide.

    Example: textgen plugins install ./textgen-gru
    """
    from textgen.cli.pip import install_packages, listed_parts
    from textgen.errors import PluginError

    packages = install_packages(specs, upgrade=upgrade, verbose=verbose)
    if not packages:
        tell("nothing to install: it is there already")
        return
    rows = listed_parts()
    if rows is None:
        raise PluginError(
            f"{', '.join(packages)}: installed, but `textgen plugins list` no longer works. "
            "See: textgen plugins doctor"
        )
    is_ill = False
    for package in packages:
        provided = _of_package(rows, package)
        _show(package, provided)
        is_ill |= any(row["state"] == "failed" for row in provided)
    if is_ill:
        raise typer.Exit(1)


def uninstall(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME",
            help="Name of a package, a plugin or a part.",
            autocompletion=complete_installed,
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    verbose: VerboseParam = False,
) -> None:
    """Uninstall the packages that plugins came in; a broken plugin is not imported for it.

    Example: textgen plugins uninstall gru
    """
    from textgen.cli.asking import confirm
    from textgen.cli.owners import package_of
    from textgen.cli.pip import uninstall_packages

    packages = sorted({package_of(name) for name in names})
    told = ", ".join(packages)
    if not yes:
        confirm(f"plugins uninstall {told}", f"Uninstall {told}?")
    uninstall_packages(packages, verbose=verbose)
    tell(f"uninstalled {told}")


def _of_package(rows: Collection[dict[str, Any]], package: str) -> list[dict[str, Any]]:
    from textgen.plugins.choice import normal

    return [row for row in rows if normal(row["package"]) == normal(package)]


def _show(package: str, rows: Collection[dict[str, Any]]) -> None:
    from textgen.cli.display import print_table

    if not rows:
        tell(
            f"{package} provides no plugin for textgen; it stays installed. "
            f"To remove it: python -m pip uninstall {package}"
        )
        return
    columns = ["kind", "name", "summary", "package", "version", "state"]
    print_table(columns, [[row[column] for column in columns] for row in rows], whole=["name"])
