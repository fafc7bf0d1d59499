"""The source ``pydoc:topics``: the language reference that ships inside every CPython.

It needs neither network nor files, so a first run works anywhere.
"""

from __future__ import annotations

import platform

from textgen import Corpus, LocatorError, SourceError, corpus_from_text, nearest
from textgen_plugins.sources.options import PydocOptions

_TOPICS = "topics"


def open_corpus(locator: str, options: PydocOptions) -> Corpus:
    """Return Python's reference topics, sorted by name, an empty line between them.

    Raises:
        LocatorError: The locator is neither ``topics`` nor empty.
        SourceError: This Python lacks the topics.
    """
    if locator not in {"", _TOPICS}:
        raise LocatorError(
            f"pydoc: there is no corpus {locator!r}; {nearest(locator, [_TOPICS])} "
            "Use --source pydoc:topics"
        )
    version = platform.python_version()
    implementation = platform.python_implementation()
    return corpus_from_text(
        _topics_text(),
        locator=f"pydoc:{_TOPICS}",
        title=f"Python {version} language reference",
        origin=f"pydoc_data.topics of {implementation} {version}",
        licence="Python Software Foundation License, version 2",
    )


def _topics_text() -> str:
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise SourceError(
            "pydoc:topics: this Python was installed without its pydoc_data package. "
            "Install Python's full standard library, or use --source file:PATH"
        ) from error
    return "\n\n".join(topics[name].strip("\n") for name in sorted(topics)) + "\n"
