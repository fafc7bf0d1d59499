"""`textgen plugins doctor`: how the installed plugins are doing, and what to do where it is bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from textgen.cli.interruption import told_if_stopped
from textgen.cli.params import JsonParam
from textgen.cli.workspace import plugin_choice, tell

if TYPE_CHECKING:
    from textgen.plugins.checkup import CheckedPlugin

_COLUMNS = ["plugin", "package", "version", "state", "import ms", "slow imports", "findings"]
_SPARE = ["import ms", "slow imports", "version"]


def doctor(json: JsonParam = False) -> None:
    """Check how every plugin is doing.

    Its import, requirements, names and factories; exit code 1 if any is ill.

    Each is imported in a process of its own first, so that this works whatever a plugin does.

    Example: textgen plugins doctor
    """
    from textgen.cli.display import print_json
    from textgen.plugins.checkup import check_up
    from textgen.plugins.entry_points import installed_points

    with told_if_stopped():
        checked = check_up(installed_points(), plugin_choice())
    if json:
        print_json([plugin.as_dict() for plugin in checked])
    else:
        _print(checked)
    if any(plugin.findings for plugin in checked):
        raise typer.Exit(1)


def _print(checked: list[CheckedPlugin]) -> None:
    from textgen.cli.display import print_line, print_table

    rows = [_row(plugin) for plugin in checked]
    filled = [column for column in _COLUMNS if any(row[column] != "" for row in rows)]
    print_table(
        filled,
        [[row[column] for column in filled] for row in rows],
        right=["import ms", "findings"],
        whole=filled,
        spare=[column for column in _SPARE if column in filled],
    )
    for plugin in checked:
        for finding in plugin.findings:
            print_line(f"\n{plugin.plugin.provider}: {finding}")
    if not any(plugin.findings for plugin in checked):
        tell("nothing is wrong")


def _row(checked: CheckedPlugin) -> dict[str, object]:
    provider, probed = checked.plugin.provider, checked.probe
    return {
        "plugin": provider.plugin,
        "package": provider.package,
        "version": provider.version,
        "state": checked.plugin.state,
        "import ms": probed and probed.milliseconds,
        "slow imports": ", ".join(probed.heavy) if probed else "",
        "findings": len(checked.findings),
    }
