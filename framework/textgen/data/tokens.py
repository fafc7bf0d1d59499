"""From a corpus to token ids, split into the part to train on and the part held out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from textgen.errors import CorpusError
from textgen.parts import Tokenizer

if TYPE_CHECKING:
    from textgen.parts import TokenIds


@dataclass(frozen=True)
class TokenizedCorpus:
    """A corpus as token ids; the last part is held out.

    Attributes:
        ids: All token ids, ``[N]``.
        split: Where the held-out part begins; N when nothing is held out.
    """

    ids: TokenIds
    split: int

    @property
    def training(self) -> TokenIds:
        """The ids to train on: the first ``split``."""
        return self.ids[: self.split]

    @property
    def validation(self) -> TokenIds:
        """The ids held out."""
        return self.ids[self.split :]

    def on(self, device: torch.device) -> torch.Tensor:
        """Return all ids as a tensor ``[N]`` on ``device``, in a type that torch can index."""
        ids = self.ids if self.ids.dtype == np.uint8 else self.ids.astype(np.int32)
        return torch.from_numpy(ids).to(device)


def tokenize(
    chunks: Iterable[str], tokenizer: Tokenizer, *, validation_fraction: float
) -> TokenizedCorpus:
    """Encode a corpus and hold out its last ``validation_fraction``.

    Raises:
        TokenizerError: The tokenizer does not know a part of the text.
        CorpusError: The corpus is empty.
    """
    pieces = [tokenizer.encode(chunk) for chunk in chunks]
    ids = np.concatenate(pieces) if pieces else np.empty(0, dtype=np.uint8)
    if not len(ids):
        raise CorpusError("the corpus is empty: there is nothing to train on.")
    held_out = int(len(ids) * validation_fraction)
    return TokenizedCorpus(ids, split=len(ids) - held_out)
