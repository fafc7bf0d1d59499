"""`textgen sources text`: the text that a model would read."""

from __future__ import annotations

import sys

from textgen.cli.aside import each_aside
from textgen.cli.params import LocatorParam, SetParam
from textgen.cli.sources.opening import open_corpus, tell_of


def text(
    locator: LocatorParam,
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
