"""`textgen sources`: the texts that a model would read."""

from __future__ import annotations

import typer

from textgen.cli.sources.show import show
from textgen.cli.sources.text import text

app = typer.Typer(
    help="Look at corpus sources.",
    epilog="Example: textgen sources show gutenberg:alice",
    no_args_is_help=True,
)


app.command("show")(show)
app.command("text")(text)
