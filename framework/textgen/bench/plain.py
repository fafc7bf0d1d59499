"""The plain ways: what one writes with PyTorch and nothing else.

Shapes: B sequences, T tokens, V vocabulary, H hidden size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

HIDDEN, LAYERS, DROPOUT, WINDOW = 256, 2, 0.2, 100


class PlainLSTM(nn.Module):
    """Embedding, ``nn.LSTM``, linear: the model that textgen's is compared with."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, HIDDEN)
        self.lstm = nn.LSTM(HIDDEN, HIDDEN, LAYERS, batch_first=True, dropout=DROPOUT)
        self.dropout = nn.Dropout(DROPOUT)
        self.output = nn.Linear(HIDDEN, vocab_size)

    def forward(self, tokens: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Map tokens ``[B, T]`` to logits ``[B, T, V]`` and the state."""
        hidden, state = self.lstm(self.embedding(tokens), state)
        return self.output(self.dropout(hidden)), state


def plain_training(tokens: Tensor, vocab_size: int, batch: int, length: int) -> Callable[[], int]:
    """Return a training step in float32; it returns its B·T predictions."""
    model = PlainLSTM(vocab_size).to(tokens.device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    rows = tokens[: batch * (len(tokens) // batch)].view(batch, -1).long()
    places = _round(rows.shape[1] - length - 1, length)

    def step() -> int:
        place = next(places)
        logits, _ = model(rows[:, place : place + length])
        targets = rows[:, place + 1 : place + 1 + length]
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return batch * length

    return step


def re_reading(model: PlainLSTM, vocab_size: int, device: torch.device) -> Callable[[], int]:
    """Return what writes one token by reading the last 100 again, as the tutorial does."""
    text = torch.randint(vocab_size, (1, WINDOW), device=device)

    @torch.no_grad()
    def step() -> int:
        nonlocal text
        logits, _ = model(text)
        token = torch.multinomial((logits[:, -1] / 0.8).softmax(-1), 1)
        text = torch.cat([text[:, 1:], token], dim=1)
        return 1

    return step


def carrying_state(model: PlainLSTM, texts: int, device: torch.device) -> Callable[[], int]:
    """Return what writes one token of each text, the state carried."""
    token, state = torch.zeros(texts, 1, dtype=torch.int64, device=device), None

    @torch.no_grad()
    def step() -> int:
        nonlocal token, state
        logits, state = model(token, state)
        token = torch.multinomial((logits[:, -1] / 0.8).softmax(-1), 1)
        return texts

    return step


class TutorialLSTM(nn.Module):
    """The tutorial's model: a character is one number, and the last step is all that counts."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.lstm = nn.LSTM(1, HIDDEN, LAYERS, batch_first=True, dropout=DROPOUT)
        self.dropout = nn.Dropout(DROPOUT)
        self.output = nn.Linear(HIDDEN, vocab_size)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map tokens ``[B, T]`` to the logits ``[B, V]`` of the next."""
        hidden, _ = self.lstm((tokens / self.vocab_size).unsqueeze(-1))
        logits: Tensor = self.output(self.dropout(hidden[:, -1]))
        return logits


def tutorial_steps(
    tokens: Tensor, vocab_size: int, batch: int
) -> tuple[Callable[[], int], Callable[[], int]]:
    """Return the tutorial's training step and its evaluation step; each returns 1."""
    model = TutorialLSTM(vocab_size).to(tokens.device)
    optimizer = torch.optim.Adam(model.parameters())
    windows = tokens.unfold(0, WINDOW + 1, 1)

    def loss() -> Tensor:
        chosen = windows[torch.randint(len(windows), (batch,), device=tokens.device)].long()
        return F.cross_entropy(model(chosen[:, :-1]), chosen[:, -1], reduction="sum")

    def train() -> int:
        value = loss()
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        return 1

    @torch.no_grad()
    def evaluate() -> int:
        model.eval()
        loss()
        model.train()
        return 1

    return train, evaluate


def _round(end: int, step: int) -> Iterator[int]:
    while True:
        yield from range(0, max(1, end), step)
