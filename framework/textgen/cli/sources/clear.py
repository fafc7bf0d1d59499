"""`textgen sources clear`: what sources keep on this machine, removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.completion import complete_part
from textgen.cli.params import JsonParam, SetParam, YesParam
from textgen.cli.sources.shelves import Shelves, SourceParam
from textgen.cli.workspace import tell

if TYPE_CHECKING:
    from textgen.shelf import Shelf, ShelfItem

    Doomed = list[tuple[Shelf, list[ShelfItem]]]


def clear(
    locators: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[LOCATOR]",
            help="What to remove, such as gutenberg:alice.",
            autocompletion=complete_part("source"),
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that is kept.")] = False,
    source: SourceParam = None,
    set_: SetParam = None,
    yes: YesParam = False,
    json: JsonParam = False,
) -> None:
    """Remove texts that sources keep; runs stay as they are.

    Without LOCATOR and --all: what is damaged, and downloads that broke off.

    Example: textgen sources clear gutenberg:alice

    Example: textgen sources clear --all --yes
    """
    from textgen.cli.asking import confirm
    from textgen.cli.display import counted, print_json
    from textgen.cli.sources.items_page import print_items
    from textgen.errors import UsageError
    from textgen.units import bytes_text

    if locators and (every or source):
        raise UsageError("sources clear: LOCATOR stands without --all and --source.")
    doomed = _doomed(Shelves(set_, "sources clear"), locators or [], source, every=every)
    items = [item for _, some in doomed for item in some]
    what = f"{counted(len(items), 'item')}, {bytes_text(sum(item.size for item in items))}"
    if items and not yes:
        if not json:
            print_items(items)
        confirm("sources clear", f"Remove {what}?")
    for shelf, some in doomed:
        shelf.clear(some)
    if json:
        size = sum(item.size for item in items)
        print_json({"removed": [item.as_dict() for item in items], "bytes": size})
    tell(f"removed {what}" if items else "there is nothing to remove")


def _doomed(
    shelves: Shelves, locators: Sequence[str], source: str | None, *, every: bool
) -> Doomed:
    """Return what is to be removed from each shelf."""
    if locators:
        found = [shelves.of(locator) for locator in locators]
        items = {item: shelf for shelf, rest in found for item in shelf.held(rest)}
        return [(shelf, [item]) for item, shelf in items.items()]
    return [
        (shelf, [item for item in shelf.held() if every or item.state != "whole"])
        for _, shelf in shelves.each(source)
    ]
