"""`textgen runs show`: one run, all of it."""

from __future__ import annotations

from textgen.cli.params import JsonParam, RegistryParam, RunParam
from textgen.cli.workspace import open_registry


def show(run: RunParam, registry: RegistryParam = None, json: JsonParam = False) -> None:
    """Show all that is recorded of a run.

    Example: textgen runs show latest
    """
    from textgen.cli.display import print_json
    from textgen.cli.runs.show_page import print_run, whole_run

    records = open_registry(registry)
    record = records.find(run)
    if json:
        print_json(whole_run(records, record))
    else:
        print_run(records, record)
