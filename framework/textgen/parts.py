"""What the four factories return: the interfaces between the parts of a run.

Shapes: B streams or sequences, T tokens, V tokens in the vocabulary. Types of torch and numpy are
named for type checkers only, so that importing this module costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from textgen.generation.choice import TokenChooser

    TokenIds = NDArray[np.integer[Any]]


@runtime_checkable
class Tokenizer(Protocol):
    """Text to token ids and back. A factory returns one that has learned nothing yet.

    A corpus is learned and encoded chunk by chunk. Its chunks end between words, where no mark is
    parted from its letter either (in a text without white space only the latter), so that each may
    be encoded by itself; the ids of all, joined, must be decoded to the text.

    A tokenizer may tell what users should know of what it learned in an attribute ``notes``: lines
    that a run tells before it begins.
    """

    @property
    def vocab_size(self) -> int:
        """V, the number of distinct token ids: they are 0 … V-1."""
        ...

    def learn(self, chunks: Iterable[str]) -> None:
        """Learn the vocabulary from the corpus, read once, chunk by chunk."""
        ...

    def encode(self, text: str) -> TokenIds:
        """Return the ids of ``text``.

        Raises:
            TokenizerError: The text holds something that the vocabulary does not.
        """
        ...

    def decode(self, ids: TokenIds) -> str:
        """Return the text of ``ids``."""
        ...

    def state(self) -> dict[str, Any]:
        """Return what was learned, as plain JSON values."""
        ...

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` returned.

        Raises:
            TokenizerError: The state is damaged.
        """
        ...


class Model(Protocol):
    """A ``torch.nn.Module`` that reads tokens from left to right; anything with this ``forward``.

    ``state`` is None at the beginning of a text, or what the last call returned: tensors in any
    nesting of plain tuples, lists and dictionaries. A model without a state returns None; it is
    then given at most ``training.sequence_length`` tokens at a time, in training, in evaluation
    and by decoders. Logits at a position depend on tokens up to and including that position, never
    on later ones.
    """

    def forward(self, tokens: Tensor, state: Any | None = None) -> tuple[Tensor, Any]:
        """Map tokens ``[B, T]`` (int64) to logits ``[B, T, V]`` and the state after them."""
        ...


@runtime_checkable
class SelfFitting(Model, Protocol):
    """A model without gradients, such as one that counts: it has no trainable parameters.

    A run calls ``fit`` once instead of taking optimiser steps; afterwards ``forward`` serves as
    any model's does. Before that, and with nothing learned, ``forward`` must work as well: it is
    tried, and its logits may be anything. What ``fit`` learns belongs into buffers
    (``register_buffer``), because checkpoints hold the ``state_dict`` and nothing else, and the
    framework moves buffers to the run's device. Buffers whose sizes depend on the text take on
    the sizes of a checkpoint in ``_load_from_state_dict``:

        def _load_from_state_dict(self, state, prefix, *rest):
            for name, buffer in self.named_buffers(recurse=False):
                buffer.resize_(state[prefix + name].shape)
            super()._load_from_state_dict(state, prefix, *rest)
    """

    def fit(self, tokens: Tensor) -> None:
        """Learn from the training tokens ``[N]``, N at least 1, int64, on the model's device."""
        ...


class StepDecoder(Protocol):
    """Texts that a model reads side by side, one token at a time; their state is kept inside.

    A model may offer a quicker way of doing so than calling ``forward``, through a method
    ``step_decoder(rows: int, dtype: torch.dtype) -> textgen.StepDecoder | None``: for R = ``rows``
    texts, multiplying in ``dtype``, with the weights as they are at that moment.
    """

    def step(self, tokens: Tensor, fresh: Tensor | None = None) -> Tensor:
        """Read one more token of every text.

        On a GPU it must wait for nothing and use the same memory at every call, so that many steps
        can be captured as one CUDA graph; there their number is even.

        Args:
            tokens: ``[R]``, int64, contiguous.
            fresh: ``[R]``, bool: which texts begin with this token; None where none does.

        Returns:
            The logits ``[R, V]`` (float32) of the token that follows; the next call may overwrite
            them.
        """
        ...


class Decoder(Protocol):
    """A trained model as samplers see it: read tokens, get the logits of what may follow."""

    @property
    def vocab_size(self) -> int:
        """V, the length of a row of logits."""
        ...

    def read(self, tokens: Tensor, state: Any | None = None) -> tuple[Tensor, Any]:
        """Read tokens ``[B, T]``, T at least 1, on from ``state`` (None: from the beginning).

        Returns:
            The logits ``[B, V]`` (float32) of the token that follows, and the state.
        """
        ...

    def write(
        self, prompt: Tensor, choose: TokenChooser, *, window: int | None = None
    ) -> Iterator[Tensor]:
        """Continue a prompt without end, by the quickest way there is on this device.

        It writes what a loop of `read` and ``choose`` would.

        Args:
            prompt: Token ids ``[B, P]``, P at least 1.
            choose: Chooses each next token.
            window: Predict from the last ``window`` tokens alone, each time from the beginning;
                None carries the state over the whole text.

        Yields:
            The next tokens of every stream, ``[B, K]`` (int64), K as many as are ready.
        """
        ...


class Sampler(Protocol):
    """A way to continue a prompt. A factory returns one with its options already in it."""

    def generate(self, decoder: Decoder, prompt: Tensor, *, seed: int) -> Iterator[Tensor]:
        """Continue ``prompt`` without end.

        Args:
            decoder: The model to ask.
            prompt: Token ids ``[B, P]`` (int64), P at least 1: one row per stream.
            seed: The same seed, decoder and prompt must give the same tokens.

        Yields:
            The next tokens of every stream, ``[B, K]`` (int64), K at least 1.
        """
        ...
