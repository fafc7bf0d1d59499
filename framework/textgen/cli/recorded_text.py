"""A run's own text: what needs it is refused where the text has changed since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from textgen.chosen import Choice
from textgen.cli.values import named
from textgen.components import Kind
from textgen.corpus import Corpus, change_of_text
from textgen.errors import CorpusError
from textgen.settings import RunSettings
from textgen_registry import RunRecord


@dataclass(frozen=True)
class RecordedText(Choice):
    """A run's source, which refuses to open another text than the run had.

    Attributes:
        run: The run, whose record holds the text's provenance.
        without: What follows for the user from another text, for the message.
    """

    run: RunRecord
    without: str

    def make(self, *arguments: Any) -> Corpus:
        """Open the corpus, before anything is done with it.

        Raises:
            CorpusError: It has changed since the run began.
        """
        corpus: Corpus = super().make(*arguments)
        change = change_of_text(corpus.provenance, self.run.provenance)
        if change:
            locator = corpus.provenance.locator
            raise CorpusError(
                f"the corpus {locator} has changed since run {named(self.run)} began "
                f"({change}): {self.without}"
            )
        return corpus


def with_recorded_text(settings: RunSettings, run: RunRecord, *, without: str) -> RunSettings:
    """Return a run's settings with a source that gives the run's own text or none.

    Args:
        settings: The run's settings.
        run: The run.
        without: What follows for the user from another text, for the message.
    """
    source = RecordedText(**vars(settings.parts[Kind.SOURCE]), run=run, without=without)
    return replace(settings, parts={**settings.parts, Kind.SOURCE: source})
