"""A run's own text, which tells what the run was not trained on only while it is the same text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

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
    """

    run: RunRecord

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
                f"the corpus {locator} has changed since run {self.run.name} ({self.run.id}) began "
                f"(sha256 {then[:12]}… then, {now[:12]}… now): no part of it is known to be held "
                f"out. Bring the text back, or score this one whole: --source {locator}"
            )
        return corpus


def with_recorded_text(settings: RunSettings, run: RunRecord) -> RunSettings:
    """Return a run's settings with a source that gives the run's own text or none."""
    source = RecordedText(**vars(settings.parts[Kind.SOURCE]), run=run)
    return replace(settings, parts={**settings.parts, Kind.SOURCE: source})
