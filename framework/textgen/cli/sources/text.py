"""`textgen sources text`: the text that a model would read."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from textgen.cli.aside import each_aside
from textgen.cli.completion import complete_part
from textgen.cli.params import SetParam
from textgen.cli.sources.opening import open_corpus, tell_of


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
    corpus = open_corpus(locator, set_, "sources text")
    for chunk in each_aside(corpus):
        sys.stdout.write(chunk)
    sys.stdout.flush()
    tell_of(corpus.provenance)
