"""`textgen sources list`: which sources there are, and what they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from textgen.cli.params import JsonParam, SetParam
from textgen.cli.sources.shelves import Shelves, SourceParam
from textgen.cli.workspace import tell

if TYPE_CHECKING:
    from textgen.plugins import Plugins
    from textgen.shelf import ShelfItem


def list_(source: SourceParam = None, set_: SetParam = None, json: JsonParam = False) -> None:
    """List the sources, and the texts that they keep on this machine.

    Example: textgen sources list
    """
    from textgen.cli.display import print_json
    from textgen.data.token_folder import TokenFolder, default_folder

    shelves = Shelves(set_, "sources list")
    items, all_well = _kept(shelves, source)
    token_bytes = TokenFolder(default_folder()).size()
    if json:
        sources, held = _sources(shelves.plugins), [item.as_dict() for item in items]
        print_json({"sources": sources, "held": held, "token_bytes": token_bytes})
    else:
        _print(_sources(shelves.plugins), items)
        _tell_of_tokens(token_bytes)
    if not all_well:
        raise typer.Exit(1)


def _kept(shelves: Shelves, source: str | None) -> tuple[list[ShelfItem], bool]:
    """Return what is kept, and whether it could be found out of every source."""
    from textgen.errors import SourceError

    items: list[ShelfItem] = []
    all_well = True
    for _, shelf in shelves.each(source):
        try:
            items += shelf.held()
        except SourceError as error:
            tell(f"textgen: {error}")
            all_well = False
    return items, all_well


def _sources(plugins: Plugins) -> list[dict[str, Any]]:
    from textgen.components import Kind

    return [
        {
            "name": item.name,
            "summary": item.component.summary,
            "package": item.provider.package,
            "aliases": dict(item.component.aliases),
            "keeps": item.component.shelf is not None,
        }
        for item in plugins.components(Kind.SOURCE)
    ]


def _print(sources: list[dict[str, Any]], items: list[ShelfItem]) -> None:
    from textgen.cli.display import counted, print_line, print_table
    from textgen.cli.sources.items_page import print_items
    from textgen.units import bytes_text

    rows = [[row["name"], row["summary"]] for row in sources]
    print_table(["source", "summary"], rows, whole=["source"])
    print_line()
    if not items:
        tell("no text is kept yet; get one: textgen sources search WORDS, then sources fetch")
        return
    print_items(items)
    size = bytes_text(sum(item.size for item in items))
    tell(f"{counted(len(items), 'item')}, {size}; remove with: textgen sources clear --all")


def _tell_of_tokens(size: int) -> None:
    from textgen.units import bytes_text

    if size:
        tell(f"token ids of texts: {bytes_text(size)}; remove with: textgen sources clear --tokens")
