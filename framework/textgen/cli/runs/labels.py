"""`textgen runs tag`, `note` and `rename`: what people say of a run, also while it is trained."""

from __future__ import annotations

from typing import Annotated

import typer

from textgen.cli.params import JsonParam, RegistryParam, RunParam
from textgen.cli.workspace import open_registry, tell


def tag(
    run: RunParam,
    tags: Annotated[
        list[str] | None, typer.Argument(metavar="TAG", help="Words to find it by.")
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="TAG", help="Take a tag away; repeatable."),
    ] = None,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Give a run tags, or take them away.

    Example: textgen runs tag latest thesis chapter-2 --remove draft
    """
    from textgen.cli.display import print_json
    from textgen.cli.values import id_and_name, named
    from textgen.errors import UsageError
    from textgen_registry import change_tags

    if not tags and not remove:
        raise UsageError(f"runs tag {run}: say which tags to add, or to --remove.")
    records = open_registry(registry)
    record = records.find(run)
    for word in set(remove or ()) - set(record.tags):
        tell(f"note: {named(record)} had no tag {word!r}")
    now = change_tags(records, record.id, add=tags or (), remove=remove or ())
    tell(f"{named(record)}: {', '.join(now) or 'no tags'}")
    if json:
        print_json({**id_and_name(record), "tags": list(now)})


def note(
    run: RunParam,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="The note; without it, all are printed.")
    ] = None,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Write a note about a run, or print its notes.

    Example: textgen runs note latest "the last chapter was missing from the text"
    """
    from textgen.cli.display import print_json
    from textgen.cli.runs.notes_page import print_notes
    from textgen.cli.values import named
    from textgen.errors import command
    from textgen_registry import add_note, notes

    records = open_registry(registry)
    record = records.find(run)
    if text is not None:
        add_note(records, record.id, text)
        tell(f"noted of {named(record)}")
    written = notes(records, record.id) if text is None or json else []
    if json:
        print_json([item.as_dict() for item in written])
    elif written:
        print_notes(written)
    elif text is None:
        tell(f"{named(record)} has no notes. Write one: {command('runs', 'note', run, 'TEXT')}")


def rename(
    run: RunParam,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="What to call it, under the rules for names of new runs."
        ),
    ],
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Call a run by another name.

    Example: textgen runs rename latest best-so-far
    """
    from textgen.cli.display import print_json
    from textgen.cli.values import named
    from textgen_registry import rename_run

    records = open_registry(registry)
    record = records.find(run)
    new = rename_run(records, record.id, name)
    tell(f"{named(record)} is called {new} {'already' if new == record.name else 'now'}")
    if json:
        print_json({"id": record.id, "name": new, "before": record.name})
