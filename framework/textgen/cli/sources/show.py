"""`textgen sources show`: what a corpus is like, before a model reads it."""

from __future__ import annotations

from typing import Annotated

import typer

from textgen.cli.aside import prints_aside
from textgen.cli.params import JsonParam, LocatorParam, SetParam
from textgen.cli.sources.opening import open_corpus


def show(
    locator: LocatorParam,
    set_: SetParam = None,
    plot: Annotated[
        bool, typer.Option("--plot", help="Draw the text from beginning to end too.")
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Print every character and part, however many.")
    ] = False,
    json: JsonParam = False,
) -> None:
    """Tell what a corpus is like.

    Where it comes from and what was cut off, its characters, lines and documents, what deserves a
    look, and how predictable it is.

    Example: textgen sources show gutenberg:alice --plot
    """
    from textgen.cli.display import print_json
    from textgen.cli.progress import reading_counter
    from textgen.cli.sources.show_page import print_corpus
    from textgen.corpus import watched
    from textgen.portrait.portrait import portrait_of

    corpus = open_corpus(locator, set_, "sources show")
    with prints_aside(), reading_counter("reading") as show_count:
        portrait = portrait_of(watched(corpus, show_count))
    if json:
        print_json({"provenance": corpus.provenance.as_dict(), **portrait.as_dict()})
    else:
        print_corpus(corpus.provenance, portrait, plot=plot, whole=all_)
