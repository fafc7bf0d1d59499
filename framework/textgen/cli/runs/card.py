"""`textgen runs card`: a model card, which tells somebody else what a run's weights are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from textgen.cli.params import RegistryParam, RunParam
from textgen.cli.workspace import open_registry, tell
from textgen.cli.written_file import STREAM


def card(
    run: RunParam,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write it (default: stdout, as with -).",
            show_default=False,
        ),
    ] = STREAM,
    registry: RegistryParam = None,
) -> None:
    """Print a run's model card, in Markdown.

    Its front matter is what model hubs read.

    Example: textgen runs card latest --output MODEL_CARD.md
    """
    from textgen.cli.runs.model_card.page import card_page
    from textgen.cli.written_file import refuse_unwritable, write_page

    if output != STREAM:
        refuse_unwritable(output, "--output")
    records = open_registry(registry)
    record = records.find(run)
    text = card_page(record, records.sessions(record.id))
    if output == STREAM:
        sys.stdout.write(text)
    else:
        write_page(output, text, "--output")
        tell(f"wrote {output}")
