"""`textgen plugins install` and `uninstall`: packages of plugins, by pip in this environment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from textgen.cli.completion import complete_installed
from textgen.cli.params import YesParam
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
    editable: Annotated[
        bool,
        typer.Option(
            "--editable", "-e", help="Use the code of a folder where it lies, for its author."
        ),
    ] = False,
    verbose: VerboseParam = False,
) -> None:
    """Install plugins, and say which parts they provide.

    Example: textgen plugins install textgen-gru

    Example: textgen plugins install --editable ./textgen-gru
    """
    from textgen.cli.interruption import told_if_stopped
    from textgen.cli.plugins.install_page import show_installed
    from textgen.cli.plugins.installed import InstalledPackage, changes_since, installed_packages
    from textgen.cli.plugins.pip import install_packages, listed_parts
    from textgen.plugins.choice import normal

    before = installed_packages()
    with told_if_stopped(lambda: changes_since(before)):
        names = install_packages(specs, upgrade=upgrade, editable=editable, verbose=verbose)
        rows = listed_parts() if names else []
    if not names:
        tell("nothing to install: it is there already")
        return
    if rows is None:
        raise _nothing_listed(names)
    now = installed_packages()
    packages = [now.get(normal(name), InstalledPackage(name, "unknown")) for name in names]
    well = [show_installed(item, before.get(normal(item.name)), rows) for item in packages]
    if not all(well):
        raise typer.Exit(1)


def _nothing_listed(names: Sequence[str]) -> Exception:
    from textgen.errors import PluginError

    return PluginError(
        f"{', '.join(names)}: installed, but `textgen plugins list` no longer works. "
        "See: textgen plugins doctor"
    )


def uninstall(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME",
            help="Name of a package, a plugin or a part.",
            autocompletion=complete_installed,
        ),
    ],
    verbose: VerboseParam = False,
    yes: YesParam = False,
) -> None:
    """Uninstall the packages that plugins came in.

    A broken plugin is not imported for it.

    Example: textgen plugins uninstall gru
    """
    from textgen.cli.asking import confirm
    from textgen.cli.interruption import told_if_stopped
    from textgen.cli.plugins.installed import changes_since, installed_packages
    from textgen.cli.plugins.owners import package_of
    from textgen.cli.plugins.pip import uninstall_packages

    packages = sorted({package_of(name) for name in names})
    told = ", ".join(packages)
    if not yes:
        confirm(f"plugins uninstall {told}", f"Uninstall {told}?")
    before = installed_packages()
    with told_if_stopped(lambda: changes_since(before)):
        uninstall_packages(packages, verbose=verbose)
    tell(f"uninstalled {told}")
