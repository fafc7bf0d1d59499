"""Whether runs stand on common ground: what their losses were measured on, and in which tokens.

A loss is a mean over the tokens of a text. On another text, or in other tokens, it is another
quantity, and neither run is the better one for the lower figure. Bits per character are a mean over
characters, so they compare across tokenizers as long as the text is the same; a tokenizer that does
not give its text back whole, because it has lowered the case, say, has made another text of it,
which cannot be seen from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textgen_registry.comparison.settings import same
from textgen_registry.records import RunRecord

_PER_CHARACTER = "bits_per_char"


@dataclass(frozen=True)
class Ground:
    """What runs have in common.

    Attributes:
        same_text: All have read the same text, by its checksum, and held out the same share of it.
        same_tokens: All have tokenized it alike: the same tokenizer, set the same way, made as
            many distinct tokens and as many in all.
    """

    same_text: bool
    same_tokens: bool

    def compares(self, metric: str) -> bool:
        """Tell whether the lower, or higher, figure of a metric is the better one here."""
        return self.same_text and (self.same_tokens or _PER_CHARACTER in metric)


def common_ground(runs: Sequence[RunRecord]) -> Ground:
    """Return what runs have in common."""
    known = all(run.provenance.get("sha256_text") for run in runs)
    return Ground(same_text=known and _alike(runs, _text), same_tokens=_alike(runs, _tokens))


def _alike(runs: Sequence[RunRecord], of: Callable[[RunRecord], Mapping[str, Any]]) -> bool:
    return all(same(of(run), of(runs[0])) for run in runs)


def _text(run: RunRecord) -> dict[str, Any]:
    training = run.config.get("training")
    settings = training if isinstance(training, Mapping) else {}
    fraction = settings.get("validation_fraction")
    return {"text": run.provenance.get("sha256_text"), "held out": fraction}


def _tokens(run: RunRecord) -> dict[str, Any]:
    sizes = {key: run.plan.get(key) for key in ("vocab_size", "training_tokens")}
    return {**sizes, "name": run.tokenizer, "settings": run.config.get("tokenizer")}
