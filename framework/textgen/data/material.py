"""What a run reads, as text and as tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from textgen.corpus import Corpus
from textgen.data.splits import Split
from textgen.data.tokens import Tokens
from textgen.parts import Tokenizer

if TYPE_CHECKING:
    from textgen.parts import TokenIds


@dataclass(frozen=True)
class Material:
    """A corpus, as text and as tokens, and how these are divided.

    Attributes:
        corpus: The text, and where it came from.
        tokenizer: What made the tokens.
        tokens: All of them.
        split: Which are trained on.
    """

    corpus: Corpus
    tokenizer: Tokenizer
    tokens: Tokens
    split: Split

    @property
    def training_ids(self) -> TokenIds:
        """The token ids of the training part."""
        return self.tokens.ids[: self.split.validation]

    @property
    def training_documents(self) -> NDArray[np.int64]:
        """Where documents of the training part begin."""
        return self.tokens.documents[self.tokens.documents < self.split.validation]
