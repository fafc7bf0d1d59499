"""`textgen runs`: what the registry holds, without ever importing torch."""

from __future__ import annotations

import typer

from textgen.cli.runs.archive import export, import_
from textgen.cli.runs.card import card
from textgen.cli.runs.compare import compare
from textgen.cli.runs.config import config
from textgen.cli.runs.gc import gc
from textgen.cli.runs.labels import note, rename, tag
from textgen.cli.runs.list import list_
from textgen.cli.runs.migrate import migrate
from textgen.cli.runs.reproduce import reproduce
from textgen.cli.runs.show import show
from textgen.cli.runs.trash import delete, restore
from textgen.cli.runs.verify import verify

app = typer.Typer(
    help="Find, compare, keep and exchange recorded runs.",
    epilog="Example: textgen runs list",
    no_args_is_help=True,
)
app.command("list")(list_)
app.command("show")(show)
app.command("compare")(compare)
app.command("card")(card)
app.command("config")(config)
app.command("reproduce")(reproduce)
app.command("tag")(tag)
app.command("note")(note)
app.command("rename")(rename)
app.command("delete")(delete)
app.command("restore")(restore)
app.command("gc")(gc)
app.command("verify")(verify)
app.command("export")(export)
app.command("import")(import_)
app.command("migrate")(migrate)
