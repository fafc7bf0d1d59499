"""`textgen sources import`: a file that was downloaded elsewhere, into a source's cache."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from textgen.cli.completion import complete_part
from textgen.cli.params import JsonParam, SetParam
from textgen.cli.sources.shelves import Shelves, SourceParam


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A book's text, or a catalogue.")],
    locator: Annotated[
        str | None,
        typer.Argument(
            metavar="[LOCATOR]",
            help="What it is to be, such as gutenberg:11, where the file does not say so.",
            autocompletion=complete_part("source"),
        ),
    ] = None,
    source: SourceParam = None,
    set_: SetParam = None,
    json: JsonParam = False,
) -> None:
    """Keep a file from elsewhere as if it had been fetched.

    Example: textgen sources import pg11.txt

    Example: textgen sources import pg_catalog.csv
    """
    from textgen.cli.aside import prints_aside
    from textgen.cli.display import print_json, print_line
    from textgen.errors import UsageError, command
    from textgen.units import bytes_text

    if source and locator:
        raise UsageError("sources import: LOCATOR and --source both name the source. Say one.")
    if locator and not file.exists() and Path(locator).exists():
        turned = command("sources", "import", locator, file)
        raise UsageError(f"sources import: the file comes first. Say: {turned}")
    shelves = Shelves(set_, "sources import")
    shelf, rest = shelves.of(locator) if locator else (shelves.one(source), None)
    with prints_aside():
        item = shelf.take_in(file, rest)
    if json:
        print_json(item.as_dict())
        return
    title = f" ({item.title})" if item.title else ""
    print_line(f"{item.locator}{title}: imported, {bytes_text(item.size)}")
