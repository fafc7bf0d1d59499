"""`textgen sources`: the texts that a model would read."""

from __future__ import annotations

import typer

from textgen.cli.sources.text import text

app = typer.Typer(
    help="Look at corpus sources.",
    epilog="Example: textgen sources text gutenberg:alice | head",
    no_args_is_help=True,
)


@app.callback()
def _group() -> None:
    """Keep `text` a command of its own while it is the only one."""


app.command("text")(text)
