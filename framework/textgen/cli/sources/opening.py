"""A corpus, opened for looking at it, and what there is to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textgen.cli.aside import prints_aside
from textgen.cli.workspace import assignments, installed_plugins, tell

if TYPE_CHECKING:
    from textgen.corpus import Corpus, Provenance


def open_corpus(locator: str, set_: Sequence[str] | None, command: str) -> Corpus:
    """Open the corpus that ``locator`` names.

    Args:
        locator: A source and what it is to open ("gutenberg:alice").
        set_: Options of the source, as users give them.
        command: The command's name, for messages ("sources text").
    """
    from textgen.components import Kind
    from textgen.settings import resolve_part

    layer = assignments(set_, command, {"source"})
    layer["source"] = {**layer.get("source", {}), "use": locator}
    with prints_aside():
        choice = resolve_part(installed_plugins(), Kind.SOURCE, [layer])
        corpus: Corpus = choice.make(choice.locator)
    return corpus


def tell_of(provenance: Provenance) -> None:
    """Tell on stderr what was cut off, and what else a reader should know."""
    for cut in provenance.cuts:
        tell(f"cut: {cut.what}, {cut.characters:,} characters, begins {cut.begins!r}")
    for note in provenance.notes:
        tell(f"note: {note}")
    for warning in provenance.warnings:
        tell(f"warning: {warning}")
