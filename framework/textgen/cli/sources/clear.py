"""`textgen sources clear`: what is kept of texts on this machine, removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.completion import complete_part
from textgen.cli.params import JsonParam, SetParam, YesParam
from textgen.cli.sources.shelves import Shelves, SourceParam
from textgen.cli.workspace import tell

if TYPE_CHECKING:
    from textgen.data.token_folder import TokenFolder
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
    every: Annotated[bool, typer.Option("--all", help="All texts that sources keep.")] = False,
    tokens: Annotated[
        bool, typer.Option("--tokens", help="Token ids, which runs make anew where they need them.")
    ] = False,
    source: SourceParam = None,
    set_: SetParam = None,
    yes: YesParam = False,
    json: JsonParam = False,
) -> None:
    """Remove texts that sources keep, or token ids. Runs stay as they are.

    Without LOCATOR, --all and --tokens: what is damaged, and downloads that broke off.

    Example: textgen sources clear gutenberg:alice

    Example: textgen sources clear --all --tokens --yes
    """
    from textgen.cli.display import print_json
    from textgen.data.token_folder import TokenFolder, default_folder
    from textgen.errors import UsageError

    if locators and (every or source):
        raise UsageError("sources clear: LOCATOR stands without --all and --source.")
    doomed: Doomed = []
    if locators or every or source or not tokens:
        doomed = _doomed(Shelves(set_, "sources clear"), locators or [], source, every=every)
    items = [item for _, some in doomed for item in some]
    size, kept_ids = sum(item.size for item in items), TokenFolder(default_folder())
    of_ids = kept_ids.size() if tokens else 0
    what = _in_words(len(items), size, of_ids)
    if what and not yes:
        _ask(what, [] if json else items)
    for shelf, some in doomed:
        shelf.clear(some)
    if tokens:
        _clear(kept_ids)
    if json:
        removed = [item.as_dict() for item in items]
        print_json({"removed": removed, "bytes": size, "token_bytes": of_ids})
    tell(f"removed {what}" if what else _nothing(locators, every=every or tokens))


def _ask(what: str, items: Sequence[ShelfItem]) -> None:
    """Go on only where that is agreed to; what it is stands above the question."""
    from textgen.cli.asking import confirm
    from textgen.cli.sources.items_page import print_items

    if items:
        print_items(items)
    confirm("sources clear", f"Remove {what}?")


def _nothing(locators: Sequence[str] | None, *, every: bool) -> str:
    if locators:
        return f"nothing is kept of {', '.join(locators)}"
    if every:
        return "there is nothing to remove"
    return "nothing is damaged or half fetched; LOCATOR, --all or --tokens remove what is whole"


def _in_words(items: int, size: int, of_ids: int) -> str:
    """Return what is to be removed; nothing where nothing is."""
    from textgen.cli.display import counted
    from textgen.units import bytes_text

    texts = [f"{counted(items, 'item')}, {bytes_text(size)}"] if items else []
    ids = [f"{bytes_text(of_ids)} of token ids"] if of_ids else []
    return " and ".join([*texts, *ids])


def _clear(kept: TokenFolder) -> None:
    from textgen.errors import CorpusError

    try:
        kept.clear()
    except OSError as error:
        raise CorpusError(
            f"sources clear --tokens: {error.filename or kept.folder} cannot be removed "
            f"({error.strerror or error}). See to it that its folder can be written."
        ) from error


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
