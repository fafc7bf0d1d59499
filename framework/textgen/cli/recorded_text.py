"""A run's own text: what needs it is refused where the text has changed since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from textgen.cli.values import named
from textgen.components import Kind
from textgen.corpus import Corpus
from textgen.errors import CorpusError
from textgen.settings import Choice, RunSettings
from textgen_registry import RunRecord


@dataclass(frozen=True)
class RecordedText(Choice):
    """A run's source, which refuses to open another text than the run had.

    Attributes:
        run: The run, whose record holds the text's sha256.
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
        then, now = self.run.provenance["sha256_text"], corpus.provenance.sha256_text
        if now != then:
            locator = corpus.provenance.locator
            raise CorpusError(
                f"the corpus {locator} has changed since run {named(self.run)} began "
                f"(sha256 {then[:12]}… then, {now[:12]}… now): {self.without}"
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
