"""`textgen sources`: the texts that a model would read."""

from __future__ import annotations

import typer

from textgen.cli.sources.clear import clear
from textgen.cli.sources.fetch import fetch
from textgen.cli.sources.importing import import_
from textgen.cli.sources.list import list_
from textgen.cli.sources.search import search
from textgen.cli.sources.show import show
from textgen.cli.sources.text import text

app = typer.Typer(
    help="Find, keep and look at texts to train on.",
    epilog="Example: textgen sources search carroll",
    no_args_is_help=True,
)
app.command("list")(list_)
app.command("search")(search)
app.command("fetch")(fetch)
app.command("import")(import_)
app.command("show")(show)
app.command("text")(text)
app.command("clear")(clear)
