"""Models that break the contract are caught by the names of the rules that they break."""

from collections import namedtuple

import pytest
import torch
from torch import nn
from torch.nn import functional as F


class GRU(nn.Module):
    """A model that keeps the contract; each of the others does one thing otherwise."""

    def __init__(self, vocab_size, options):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, 16)
        self.gru = nn.GRU(16, 16, batch_first=True)
        self.output = nn.Linear(16, vocab_size)

    def forward(self, tokens, state=None):
        hidden, state = self.gru(self.between(self.embedding(tokens)), state)
        return self.output(hidden), state

    def between(self, x_BxTxH):
        return x_BxTxH


class Peeks(GRU):
    """Reads one token ahead."""

    def between(self, x_BxTxH):
        return x_BxTxH + 0.1 * x_BxTxH.roll(-1, dims=1)


class PeeksInTraining(GRU):
    """Reads ahead where only a gradient shows it."""

    def between(self, x_BxTxH):
        return x_BxTxH + 1e-6 * x_BxTxH.flip(1) if self.training else x_BxTxH


class PeeksAfterPositions(PeeksInTraining):
    """Does so with an embedding of whole numbers before that of the tokens."""

    def __init__(self, vocab_size, options):
        super().__init__(vocab_size, options)
        self.places = nn.Embedding(128, 16)

    def forward(self, tokens, state=None):
        places = self.places(torch.arange(tokens.shape[1]).expand_as(tokens))
        hidden, _ = self.gru(self.between(self.embedding(tokens)) + places)
        return self.output(hidden), None


class PeeksFar(GRU):
    """Reads eight tokens ahead, which no text of eight tokens shows."""

    def between(self, x_BxTxH):
        return x_BxTxH + F.pad(x_BxTxH[:, 8:], (0, 0, 0, min(8, x_BxTxH.shape[1])))


class PeeksFarInTraining(PeeksFar):
    """Does so where only a gradient shows it."""

    def between(self, x_BxTxH):
        return super().between(x_BxTxH) if self.training else x_BxTxH


class PeeksInBlocks(GRU):
    """Reads to the end of every block of sixteen tokens."""

    def between(self, x_BxTxH):
        if x_BxTxH.shape[1] % 16:
            return x_BxTxH
        blocks = x_BxTxH.unflatten(1, (-1, 16))
        return (blocks + blocks.mean(dim=2, keepdim=True)).flatten(1, 2)


class PeeksWithoutModules(GRU):
    """Reads ahead, and its tokens enter by no module whose output could be watched."""

    def forward(self, tokens, state=None):
        x_BxTxH = self.embedding.weight[tokens]
        hidden, state = self.gru(x_BxTxH + x_BxTxH.roll(-1, dims=1), state)
        return self.output(hidden), state


class MixesRows(GRU):
    """Takes half of the rows' mean away, token by token."""

    def between(self, x_BxTxH):
        return x_BxTxH - 0.5 * x_BxTxH.mean(dim=0)


class NormalisesBatches(GRU):
    """Uses batch normalisation, which mixes rows and tokens, in training alone."""

    def __init__(self, vocab_size, options):
        super().__init__(vocab_size, options)
        self.norm = nn.BatchNorm1d(16)

    def between(self, x_BxTxH):
        return self.norm(x_BxTxH.transpose(1, 2)).transpose(1, 2)


class Forgets(GRU):
    """Hands out a state and does not go on from it."""

    def forward(self, tokens, state=None):
        return super().forward(tokens)


class NamesItsState(GRU):
    """Hands out a state that no checkpoint can hold."""

    State = namedtuple("State", "hidden")

    def forward(self, tokens, state=None):
        logits, hidden = super().forward(tokens, None if state is None else state.hidden)
        return logits, self.State(hidden)


class KeepsATableToItself(GRU):
    """Has random numbers that are in no state_dict."""

    def __init__(self, vocab_size, options):
        super().__init__(vocab_size, options)
        self.register_buffer("table", torch.randn(16), persistent=False)

    def between(self, x_BxTxH):
        return x_BxTxH * self.table


class CountsToItself(GRU):
    """Changes with every step of training, by a count that is in no state_dict."""

    steps = 0

    def between(self, x_BxTxH):
        self.steps += self.training
        return x_BxTxH * (1 + 0.1 * self.steps)


class TooNarrow(GRU):
    """Gives one logit too few."""

    def forward(self, tokens, state=None):
        logits, state = super().forward(tokens, state)
        return logits[..., 1:], state


class LogitsAlone(GRU):
    """Returns no state, not even None."""

    def forward(self, tokens, state=None):
        return super().forward(tokens, state)[0]


class OwnSeed(GRU):
    """Draws weights from a generator that nobody seeds."""

    def __init__(self, vocab_size, options):
        super().__init__(vocab_size, options)
        self.output.weight.data.normal_(generator=generator)


generator = torch.Generator().manual_seed(7)


class CannotLearn(GRU):
    """Has no gradient where it would be needed."""

    def forward(self, tokens, state=None):
        logits, state = super().forward(tokens, state)
        return logits.detach() + 0 * self.output.bias, state


class WrongSteps(GRU):
    """Has a step decoder that does not begin texts anew."""

    def step_decoder(self, rows, dtype):
        return Steps(self)


class Steps:
    def __init__(self, model):
        self.model, self.state = model, None

    def step(self, tokens, fresh=None):
        logits, self.state = self.model(tokens[:, None], self.state)
        return logits[:, 0]


@pytest.mark.parametrize(
    ("model", "rules"),
    [
        (GRU, set()),
        (Peeks, {"causality", "state carried"}),
        (PeeksInTraining, {"causality"}),
        (PeeksAfterPositions, {"causality"}),
        (PeeksFar, {"causality"}),
        (PeeksFarInTraining, {"causality"}),
        (PeeksInBlocks, {"causality"}),
        (PeeksWithoutModules, {"causality", "state carried"}),
        (MixesRows, {"batch independence"}),
        (NormalisesBatches, {"causality", "batch independence"}),
        (Forgets, {"state carried"}),
        (NamesItsState, {"state carried", "learns", "resume"}),
        (KeepsATableToItself, {"save and load"}),
        (CountsToItself, {"resume"}),
        (TooNarrow, {"shapes"}),
        (LogitsAlone, {"shapes"}),
        (OwnSeed, {"seeded"}),
        (CannotLearn, {"learns"}),
        (WrongSteps, {"step decoder"}),
    ],
)
def test_a_model_breaks_the_rules_that_its_fault_is_about(model, rules, broken_rules):
    assert set(broken_rules("model", model)) == rules


class NoWeights(nn.Module):
    def __init__(self, vocab_size, options):
        super().__init__()
        self.vocab_size = vocab_size

    def forward(self, tokens, state=None):
        return torch.zeros(*tokens.shape, self.vocab_size), None


def test_a_model_that_can_learn_in_no_way_is_told_so(broken_rules):
    told = "it has no weights to train, and no method fit"
    assert broken_rules("model", NoWeights) == {"learns": told, "resume": told}


def test_what_is_told_of_a_model_says_by_what_it_breaks_a_rule(broken_rules):
    broken = broken_rules("model", lambda vocab_size, options: "a model")
    assert set(broken.values()) == {"its factory made a str, not a torch.nn.Module"}
    assert "logits up to token 0 change by " in broken_rules("model", Peeks)["causality"]
    in_training = broken_rules("model", PeeksInTraining)["causality"]
    assert in_training == "in training, logits at token 0 depend on token [7]"
