"""`textgen sources search`: which texts a source could fetch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.params import JsonParam, SetParam
from textgen.cli.sources.shelves import Shelves, SourceParam
from textgen.cli.workspace import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textgen.shelf import CatalogueEntry, ShelfItem

_OLD = 30  # days; books are added every day


def search(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS", help="Words or parts of them; all must occur."),
    ],
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only texts in this language, such as fr.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most texts to print.")] = 20,
    source: SourceParam = None,
    set_: SetParam = None,
    json: JsonParam = False,
) -> None:
    """Search a source's catalogue by title, author and subject.

    Neither case nor accents matter. The catalogue is fetched once, and kept.

    Example: textgen sources search carroll wonderland

    Example: textgen sources search verne --language fr
    """
    from textgen.cli.aside import prints_aside
    from textgen.cli.display import print_json
    from textgen.cli.progress import reading_bar
    from textgen.errors import UsageError

    split = [word for text in words for word in text.split()]
    if not split:
        raise UsageError("sources search: no word is given. Say what to look for.")
    shelf = Shelves(set_, "sources search").one(source)
    with prints_aside(), reading_bar("fetching") as watch:
        found = shelf.search(split, language, watch)
    catalogue = shelf.catalogue()
    if json:
        shown = [entry.as_dict() for entry in found[:limit]]
        kept = catalogue and catalogue.as_dict()
        print_json({"catalogue": kept, "matches": len(found), "found": shown})
        return
    _print(found[:limit])
    if not found:
        in_others = len(shelf.search(split, None, watch)) if language else 0
        tell(_nothing(in_others, language))
    _tell_of(len(found), limit, catalogue)


def _nothing(in_others: int, language: str | None) -> str:
    """Say that nothing was found; where a language was asked for, whether that alone is why."""
    from textgen.cli.display import counted

    if not in_others:
        return "no text in the catalogue has all of these words"
    others = f"{counted(in_others, 'text')} in others {'has' if in_others == 1 else 'have'}"
    return (
        f"no text in the language {language!r} has all of these words; {others}: leave --language "
        "out, or say another code, such as fr"
    )


def _print(entries: Sequence[CatalogueEntry]) -> None:
    from textgen.cli.display import print_table

    if entries:
        rows = [
            [
                entry.locator,
                entry.title,
                "; ".join(entry.authors) or None,
                ", ".join(entry.languages),
            ]
            for entry in entries
        ]
        columns = ["locator", "title", "authors", "in"]
        print_table(columns, rows, whole=["locator", "in"])


def _tell_of(matches: int, limit: int, catalogue: ShelfItem | None) -> None:
    from textgen.cli.display import counted

    if matches > limit:
        tell(f"{limit} of {counted(matches, 'text')}; more with --limit, fewer with more words")
    if catalogue:
        tell(_age(catalogue))


def _age(catalogue: ShelfItem) -> str:
    """Say how old the catalogue is, and of one that is old or of unknown age how to renew it."""
    from textgen.cli.display import counted
    from textgen.cli.sources.items_page import day
    from textgen.errors import command

    newer = f"; newer: {command('sources', 'fetch', '--again', catalogue.locator)}"
    try:
        days = max((datetime.now(UTC) - datetime.fromisoformat(catalogue.as_of)).days, 0)
    except (ValueError, TypeError):
        return f"catalogue of unknown age{newer}"
    age = f"catalogue of {day(catalogue.as_of)}, {counted(days, 'day')} old"
    return f"{age}{newer}" if days > _OLD else age
