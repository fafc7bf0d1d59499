"""Whether what a run was asked for makes sense together, and what to hear before it begins.

Each function looks at one thing that would otherwise come out after hours of training.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textgen.components import Kind
from textgen.errors import CorpusError

if TYPE_CHECKING:
    from textgen.data.batches import Batches
    from textgen.settings import RunSettings
    from textgen.training.assessment import Assessment

_TELLING_TOKENS = 1000


def require_choice(vocab_size: int) -> None:
    """Refuse a text in which every token is the same.

    Raises:
        CorpusError: It is one.
    """
    if vocab_size < 2:
        raise CorpusError(
            f"the vocabulary has {vocab_size} distinct token: there is nothing to predict. Use "
            "another text, or another tokenizer."
        )


def notes_on_batches(batches: Batches, asked: int) -> list[str]:
    """Tell where a step reads fewer sequences than asked for, or an epoch not all documents."""
    notes = []
    if batches.sequences != asked:
        notes.append(
            f"the text is short: a step reads {batches.sequences:,} of the {asked:,} sequences "
            "asked for"
        )
    if batches.unread_documents:
        notes.append(
            "documents shorter than training.sequence_length and a token more are not trained on: "
            f"{batches.unread_documents:,} of them"
        )
    return notes


def notes_on_held_out(assessment: Assessment) -> list[str]:
    """Tell where not all that is held out is scored, or too little for its loss to mean much."""
    notes = notes_on_left_out(assessment)
    if assessment.held_out and assessment.size < _TELLING_TOKENS:
        notes.append(f"few held-out tokens are scored ({assessment.size}): their loss says little")
    return notes


def notes_on_left_out(assessment: Assessment) -> list[str]:
    """Tell where not all of a part is scored."""
    notes = []
    if assessment.left_out:
        whole = assessment.size + assessment.left_out
        notes.append(
            f"evaluations score the first {assessment.size:,} of {whole:,} tokens "
            "(training.evaluation_tokens)"
        )
    by_windows = assessment.options.objective == "last-step"
    if by_windows and assessment.options.within_documents and assessment.out_of_reach:
        notes.append(
            f"{assessment.out_of_reach:,} tokens are not scored: less than a window stands before "
            "them in their documents"
        )
    return notes


def sampler_window(settings: RunSettings) -> int | None:
    """Return the sampler's option ``window``: how much text it predicts from; None without one."""
    window = getattr(settings.parts[Kind.SAMPLER].options, "window", None)
    return window if isinstance(window, int) else None


def notes_on_window(settings: RunSettings, *, carries_state: bool) -> list[str]:
    """Tell where the sampler's window is longer than any text the model reads in training.

    Streams carry the state of a model that has one on and on, so there no window is too long.
    """
    window, longest = sampler_window(settings), settings.training.sequence_length
    carried = carries_state and settings.training.batching == "streams"
    if carried or window is None or window <= longest:
        return []
    return [
        f"sampler.window={window} is longer than training.sequence_length={longest}, the most "
        "that the model reads from the beginning while it is trained"
    ]
