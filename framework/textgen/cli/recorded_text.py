"""A run's own text: what needs it is refused where the text is gone, or has changed since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from textgen.chosen import Choice
from textgen.cli.values import named
from textgen.components import Kind
from textgen.corpus import Corpus, change_of_text
from textgen.errors import CorpusError, SourceError, command
from textgen.settings import RunSettings
from textgen_registry import RunRecord


@dataclass(frozen=True)
class OtherWays:
    """What the user can do without a run's own text, for the messages.

    Attributes:
        without: What follows from another text: a clause.
        on_changed: What can be done with the text as it is now.
        on_gone: What can be done where there is none.
    """

    without: str
    on_changed: str
    on_gone: str


@dataclass(frozen=True)
class RecordedText(Choice):
    """A run's source, which refuses to open another text than the run had.

    Attributes:
        run: The run, whose record holds the text's provenance.
        ways: What the user can do without it.
    """

    run: RunRecord
    ways: OtherWays

    def make(self, *arguments: Any) -> Corpus:
        """Open the corpus, before anything is done with it.

        Raises:
            SourceError: It cannot be had.
            CorpusError: It has changed since the run began.
        """
        try:
            corpus: Corpus = super().make(*arguments)
        except SourceError as error:
            raise self._gone(error) from error
        change = change_of_text(corpus.provenance, self.run.provenance)
        if change:
            locator = corpus.provenance.locator
            raise CorpusError(
                f"the corpus {locator} has changed since run {named(self.run)} began "
                f"({change}): {self.ways.without}. Bring the text back, or {self.ways.on_changed}"
            )
        return corpus

    def _gone(self, error: SourceError) -> SourceError:
        run, why = self.run, error.message.removeprefix(f"{self.use}: ").rstrip(".")
        return SourceError(
            f"run {named(run)} was trained on {self.use} (sha256 "
            f"{run.provenance['sha256_text'][:12]}…), which cannot be had now: {why}. "
            f"Bring the text back, or {self.ways.on_gone}"
        )


def with_recorded_text(settings: RunSettings, run: RunRecord, ways: OtherWays) -> RunSettings:
    """Return a run's settings with a source that gives the run's own text or none.

    Args:
        settings: The run's settings.
        run: The run.
        ways: What the user can do without that text.
    """
    source = RecordedText(**vars(settings.parts[Kind.SOURCE]), run=run, ways=ways)
    return replace(settings, parts={**settings.parts, Kind.SOURCE: source})


def begin_another(run: RunRecord, without: str) -> OtherWays:
    """Return the way that is left where a run cannot be trained without its text.

    Args:
        run: The run.
        without: What follows from another text: a clause.
    """
    config = f"with the settings that {command('runs', 'config', run.id)} prints"
    return OtherWays(
        without,
        on_changed=f"begin a run like it on this text, {config}",
        on_gone=f"begin a run like it on another text, {config}",
    )
