"""`textgen sources fetch`: texts into a source's cache, without a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from textgen.cli.completion import complete_part
from textgen.cli.params import JsonParam, SetParam
from textgen.cli.sources.shelves import Shelves
from textgen.cli.workspace import tell

if TYPE_CHECKING:
    from textgen.errors import SourceError
    from textgen.shelf import Fetched, Shelf

_OUTCOMES = {
    "new": "fetched",
    "there": "there already",
    "same": "still the same",
    "changed": "has changed, fetched",
}


def fetch(
    locators: Annotated[
        list[str],
        typer.Argument(
            metavar="LOCATOR",
            help="Such as gutenberg:alice; or a catalogue, gutenberg:catalogue.",
            autocompletion=complete_part("source"),
        ),
    ],
    again: Annotated[
        bool, typer.Option("--again", help="Ask whether what is kept has changed.")
    ] = False,
    set_: SetParam = None,
    json: JsonParam = False,
) -> None:
    """Fetch texts and keep them, for runs without a network.

    Example: textgen sources fetch gutenberg:alice gutenberg:84

    Example: textgen sources fetch --again gutenberg:catalogue
    """
    from textgen.cli.display import print_json
    from textgen.errors import LocatorError, SourceError

    shelves = Shelves(set_, "sources fetch")
    wanted = [(locator, *shelves.of(locator)) for locator in locators]
    done: list[Fetched] = []
    failed: list[dict[str, Any]] = []
    for locator, shelf, rest in wanted:
        try:
            fetched = _fetch(shelf, rest, again=again)
        except LocatorError:
            raise
        except SourceError as error:
            failed.append(_failure(locator, error))
            continue
        done += fetched
        if not json:
            _print(fetched)
    if json:
        print_json({"fetched": [item.as_dict() for item in done], "failed": failed})
    if failed:
        raise typer.Exit(1)


def _fetch(shelf: Shelf, rest: str, *, again: bool) -> list[Fetched]:
    from textgen.cli.aside import prints_aside
    from textgen.cli.interruption import told_if_stopped
    from textgen.cli.progress import reading_bar

    with (
        told_if_stopped(lambda: "what was fetched is kept"),
        prints_aside(),
        reading_bar("fetching") as watch,
    ):
        return list(shelf.fetch(rest, again=again, watch=watch))


def _failure(locator: str, error: SourceError) -> dict[str, Any]:
    tell(f"textgen: {error}")
    return {"locator": locator, "why": str(error)}


def _print(fetched: list[Fetched]) -> None:
    from textgen.cli.display import print_line
    from textgen.units import bytes_text

    for one in fetched:
        item = one.item
        title = f" ({item.title})" if item.title else ""
        size = bytes_text(item.size)
        print_line(f"{item.locator}{title}: {_OUTCOMES[one.outcome]}, {size}, from {item.origin}")
