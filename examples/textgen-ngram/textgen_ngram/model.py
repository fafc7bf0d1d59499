"""N-gram counts with interpolated modified Kneser-Ney smoothing; imported when a run uses them.

Chen and Goodman, "An Empirical Study of Smoothing Techniques for Language Modeling" (1998),
section 3. Shapes: B texts, T tokens, V tokens in the vocabulary, G n-grams of one length.
"""

from typing import Any

import torch
from torch import Tensor, nn

from textgen import TextgenError
from textgen_ngram import NgramOptions


class Ngrams(nn.Module):
    """Predicts from the last n-1 tokens, which are its state.

    An n-gram is one int64, its tokens the digits, the latest the lowest; the digit V stands before
    a text. Sorted, the n-grams that go on from one context lie side by side.
    """

    def __init__(self, vocab_size: int, options: NgramOptions) -> None:
        """Make empty tables: for each length the n-grams ``[G]`` and running sums of shares."""
        super().__init__()
        self.vocab_size, self.base, self.order = vocab_size, vocab_size + 1, options.order
        if self.base**self.order >= 2**63:
            raise TextgenError(f"ngram: choose model.order below {self.order}: V**n must fit int64")
        for size in range(self.order):
            self.register_buffer(f"grams_{size}", torch.zeros(0, dtype=torch.int64))
            self.register_buffer(f"sums_{size}", torch.zeros(1, dtype=torch.float64))

    def fit(self, tokens: Tensor) -> None:
        """Count in tokens ``[N]``; shorter n-grams count once for each token before them."""
        start = tokens.new_full((self.order - 1,), self.vocab_size)
        grams = self._numbers(torch.cat([start, tokens]), self.order, len(tokens))
        for size in reversed(range(self.order)):
            grams, counts = (grams % self.base ** (size + 1)).unique(return_counts=True)
            _, context = (grams // self.base).unique_consecutive(return_inverse=True)
            totals = torch.zeros_like(counts).index_add(0, context, counts)
            shares = _discounted(counts) / totals[context]
            setattr(self, f"grams_{size}", grams)
            setattr(self, f"sums_{size}", nn.functional.pad(shares.cumsum(0), (1, 0)))

    def forward(self, tokens: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map tokens ``[B, T]`` to log-probabilities ``[B, T, V]`` and the last n-1 tokens."""
        if state is None:
            state = tokens.new_full((len(tokens), self.order - 1), self.vocab_size)
        text, length = torch.cat([state, tokens], dim=1), tokens.shape[1]
        chances = torch.full((tokens.numel(), self.vocab_size), 1 / self.vocab_size).to(text.device)
        for size in range(self.order):
            self._mix_in(chances, self._numbers(text, size, length).flatten(), size)
        return chances.log().view(*tokens.shape, -1), text[:, length:]

    def _numbers(self, text: Tensor, size: int, length: int) -> Tensor:
        """Return the last ``size`` tokens as one number, at each of the last ``length`` places."""
        end = text.shape[-1]
        parts = (text[..., end - length - k : end - k] * self.base**k for k in range(size))
        return sum(parts, torch.zeros_like(text[..., end - length :]))

    def _mix_in(self, chances: Tensor, contexts: Tensor, size: int) -> None:
        """Mix what follows contexts ``[B*T]`` of ``size`` tokens into ``chances`` ``[B*T, V]``."""
        grams, sums = self.get_buffer(f"grams_{size}"), self.get_buffer(f"sums_{size}")
        begin = torch.searchsorted(grams, contexts * self.base)
        end = torch.searchsorted(grams, contexts * self.base + self.base)
        chances *= (1 - sums[end] + sums[begin]).float()[:, None]
        row = torch.repeat_interleave(end - begin)
        gram = torch.arange(len(row), device=row.device) + (end - (end - begin).cumsum(0))[row]
        chances[row, grams[gram] % self.base] += (sums[gram + 1] - sums[gram]).float()

    def _load_from_state_dict(self, state: dict[str, Any], prefix: str, *rest: Any) -> None:
        """Take on the sizes of the tables that are about to be loaded."""
        for name, buffer in self.named_buffers(recurse=False):
            buffer.resize_(state[prefix + name].shape)
        super()._load_from_state_dict(state, prefix, *rest)


def _discounted(counts: Tensor) -> Tensor:
    """Return counts ``[G]`` less what 1, 2 and more of them are likely to be too high."""
    n = counts.clamp(max=5).bincount(minlength=6)[1:5].double() + 1  # none of 1 … 4 is missing
    k = torch.arange(1, 4, device=n.device)
    discounts = k - (k + 1) * n[0] / (n[0] + 2 * n[1]) * n[1:] / n[:-1]
    return counts - discounts.clamp(min=0.1)[counts.clamp(max=3) - 1]
