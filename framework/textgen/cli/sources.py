"""`textgen sources`: the text that a model would read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.aside import each_aside, prints_aside
from textgen.cli.completion import complete_part
from textgen.cli.params import SetParam
from textgen.cli.workspace import assignments, installed_plugins, tell

if TYPE_CHECKING:
    from textgen.corpus import Corpus

app = typer.Typer(
    help="Look at corpus sources.",
    epilog="Example: textgen sources text gutenberg:alice | head",
    no_args_is_help=True,
)


@app.callback()
def _group() -> None:
    """Keep `text` a command of its own while it is the only one."""


@app.command("text")
def text(
    locator: Annotated[
        str,
        typer.Argument(
            metavar="LOCATOR",
            help="Such as gutenberg:alice or file:book.txt.",
            autocompletion=complete_part("source"),
        ),
    ],
    set_: SetParam = None,
) -> None:
    """Print the text that a model would read.

    What was cut off is told on stderr.

    Example: textgen sources text gutenberg:alice | head
    """
    from textgen.components import Kind
    from textgen.settings import resolve_part

    plugins = installed_plugins()
    layer = assignments(set_, "sources text", {"source"})
    layer["source"] = {**layer.get("source", {}), "use": locator}
    with prints_aside():
        choice = resolve_part(plugins, Kind.SOURCE, [layer])
        corpus: Corpus = choice.make(choice.locator)
    for chunk in each_aside(corpus):
        sys.stdout.write(chunk)
    sys.stdout.flush()
    for cut in corpus.provenance.cuts:
        tell(f"cut: {cut.what}, {cut.characters:,} characters, begins {cut.begins!r}")
    for note in corpus.provenance.notes:
        tell(f"note: {note}")
