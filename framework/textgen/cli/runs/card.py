"""`textgen runs card`: a model card, which tells somebody else what a run's weights are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from textgen.cli.params import RegistryParam, RunParam
from textgen.cli.workspace import open_registry, tell


def card(
    run: RunParam,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it there, not to stdout."),
    ] = None,
    registry: RegistryParam = None,
) -> None:
    """Print a run's model card: Markdown, with front matter as model hubs read it.

    Example: textgen runs card latest --output MODEL_CARD.md
    """
    from textgen.cli.runs.card_page import card_page
    from textgen.cli.written_file import refuse_unwritable, write_page

    if output is not None:
        refuse_unwritable(output, "--output")
    records = open_registry(registry)
    record = records.find(run)
    text = card_page(record, records.sessions(record.id))
    if output is None:
        sys.stdout.write(text)
    else:
        write_page(output, text, "--output")
        tell(f"wrote {output}")
