"""`textgen sources text`: the text that a model would read."""

from __future__ import annotations

from textgen.cli.aside import each_aside
from textgen.cli.display import write_piece
from textgen.cli.encodings import write_bytes_as_they_are
from textgen.cli.params import LocatorParam, SetParam
from textgen.cli.sources.opening import open_corpus, tell_of


def text(
    locator: LocatorParam,
    set_: SetParam = None,
) -> None:
    """Print the text that a model would read.

    What was cut off is told on stderr. Of a file that is read with source.encoding=bytes the very
    bytes are written; on a terminal what would steer it is escaped.

    Example: textgen sources text gutenberg:alice | head
    """
    corpus = open_corpus(locator, set_, "sources text")
    write_bytes_as_they_are()
    for chunk in each_aside(corpus):
        write_piece(chunk)
    tell_of(corpus.provenance)
