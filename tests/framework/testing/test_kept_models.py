"""Models that keep the contract in unusual ways break no rule."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F


class Attention(nn.Module):
    """A causal transformer: no state, no more places than 64, tied weights, dropout."""

    def __init__(self, vocab_size, options):
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocab_size, 32), nn.Embedding(64, 32)
        self.layer = nn.TransformerEncoderLayer(32, 2, 64, dropout=0.1, batch_first=True)
        self.output = nn.Linear(32, vocab_size, bias=False)
        self.output.weight = self.tokens.weight

    def forward(self, tokens, state=None):
        x_BxTxH = self.tokens(tokens)
        x_BxTxH += self.places(torch.arange(tokens.shape[1]))
        mask = nn.Transformer.generate_square_subsequent_mask(tokens.shape[1])
        return self.output(self.layer(x_BxTxH, src_mask=mask, is_causal=True)), None


class Convolution(nn.Module):
    """Looks back three tokens; its tokens enter by no module, its last layer begins with zeros."""

    def __init__(self, vocab_size, options):
        super().__init__()
        self.vocab_size = vocab_size
        self.convolution = nn.Conv1d(vocab_size, 24, 3)
        self.output = nn.Linear(24, vocab_size)
        nn.init.zeros_(self.output.weight)

    def forward(self, tokens, state=None):
        x_BxVxT = F.one_hot(tokens, self.vocab_size).float().transpose(1, 2)
        x_BxHxT = self.convolution(F.pad(x_BxVxT, (2, 0))).relu()
        return self.output(x_BxHxT.transpose(1, 2)), None


class Nested(nn.Module):
    """Hands out its state in a nesting, and offers steps for single texts alone."""

    def __init__(self, vocab_size, options):
        super().__init__()
        self.embedding = nn.Sequential(nn.Embedding(vocab_size, 16), nn.LayerNorm(16))
        self.gru = nn.GRU(16, 16, batch_first=True)
        self.output = nn.Linear(16, vocab_size)

    def forward(self, tokens, state=None):
        hidden = None if state is None else state["of"][0][0]
        x_BxTxH, hidden = self.gru(self.embedding(tokens), hidden)
        return self.output(x_BxTxH), {"of": ([hidden], None)}

    def step_decoder(self, rows, dtype):
        return None


class Bigram(nn.Embedding):
    """Is its own and only module."""

    def __init__(self, vocab_size, options):
        super().__init__(vocab_size, vocab_size)

    def forward(self, tokens, state=None):
        return super().forward(tokens), None


class PostNorm(Attention):
    """Four layers that normalise what they add to, which no large learning rate suits."""

    def __init__(self, vocab_size, options):
        super().__init__(vocab_size, options)
        layer = nn.TransformerEncoderLayer(64, 4, 256, batch_first=True)
        self.tokens, self.places = nn.Embedding(vocab_size, 64), nn.Embedding(64, 64)
        self.layer, self.output = nn.TransformerEncoder(layer, 4), nn.Linear(64, vocab_size)

    def forward(self, tokens, state=None):
        x_BxTxH = self.tokens(tokens) + self.places(torch.arange(tokens.shape[1]))
        mask = nn.Transformer.generate_square_subsequent_mask(tokens.shape[1])
        return self.output(self.layer(x_BxTxH, mask=mask, is_causal=True)), None


class ShortOfSight(Bigram):
    """Reads eight tokens at most."""

    def forward(self, tokens, state=None):
        if tokens.shape[1] > 8:
            raise ValueError("eight tokens at most")
        return super().forward(tokens)


class LastEight(Bigram):
    """Has logits for the last eight tokens alone, whatever it is given."""

    def forward(self, tokens, state=None):
        return super().forward(tokens[:, -8:])


class SteppingEight(ShortOfSight):
    """Offers steps of what reads eight tokens at most."""

    def step_decoder(self, rows, dtype):
        return self

    def step(self, tokens, fresh=None):
        return self(tokens[:, None])[0][:, 0]


class Lazy(nn.Module):
    """Its layers learn their sizes from the first text that they are given."""

    def __init__(self, vocab_size, options):
        super().__init__()
        self.embedding, self.output = nn.Embedding(vocab_size, 16), nn.LazyLinear(vocab_size)

    def forward(self, tokens, state=None):
        return self.output(self.embedding(tokens)), None


class Digits(nn.Module):
    """Has tokens enter by their binary digits, of which a vocabulary of one token has none."""

    def __init__(self, vocab_size, options):
        super().__init__()
        self.places = torch.arange((vocab_size - 1).bit_length())
        assert len(self.places)
        self.layers = nn.Sequential(
            nn.Linear(len(self.places), 32), nn.Tanh(), nn.Linear(32, vocab_size)
        )

    def forward(self, tokens, state=None):
        digits_BxTxN = tokens[..., None] >> self.places & 1
        return self.layers(digits_BxTxN.float()), None


@pytest.mark.parametrize(
    "model",
    [
        Attention,
        PostNorm,
        Convolution,
        Nested,
        Bigram,
        ShortOfSight,
        LastEight,
        SteppingEight,
        Lazy,
        Digits,
    ],
)
def test_a_model_may_be_built_in_any_way(model, broken_rules):
    assert broken_rules("model", model) == {}
