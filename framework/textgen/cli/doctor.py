"""`textgen plugins doctor`: how the installed plugins are doing, and what to do where it is bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from textgen.cli.params import JsonParam
from textgen.cli.workspace import plugin_choice, tell

if TYPE_CHECKING:
    from textgen.plugins.checkup import CheckedPlugin


def doctor(json: JsonParam = False) -> None:
    """Check every plugin: its import, requirements, names, factories; exit code 1 if any is ill.

    Each is imported in a process of its own first, so that this works whatever a plugin does.

    Example: textgen plugins doctor
    """
    from textgen.cli.display import print_json
    from textgen.plugins.checkup import check_up
    from textgen.plugins.entry_points import installed_points

    checked = check_up(installed_points(), plugin_choice())
    if json:
        print_json([plugin.as_dict() for plugin in checked])
    else:
        _print(checked)
    if any(plugin.findings for plugin in checked):
        raise typer.Exit(1)


def _print(checked: list[CheckedPlugin]) -> None:
    from textgen.cli.display import print_table

    columns = ["plugin", "package", "version", "state", "import ms", "slow imports", "findings"]
    print_table(columns, [_cells(plugin) for plugin in checked], right=["import ms", "findings"])
    for plugin in checked:
        for finding in plugin.findings:
            typer.echo(f"\n{plugin.plugin.provider}: {finding}")
    if not any(plugin.findings for plugin in checked):
        tell("nothing is wrong")


def _cells(checked: CheckedPlugin) -> list[object]:
    provider, probed = checked.plugin.provider, checked.probe
    return [
        provider.plugin,
        provider.package,
        provider.version,
        checked.plugin.state,
        probed and probed.milliseconds,
        ", ".join(probed.heavy) if probed else "",
        len(checked.findings),
    ]
