"""Decoders: a step decoder writes what plain loops over the model write."""

import time

import pytest
import torch
from torch import nn

from textgen import TokenChooser
from textgen.generation.decoders import ModuleDecoder
from textgen.generation.stepping import ModuleSteps, write_by_steps
from textgen_plugins.models.lstm import LSTMModel
from textgen_plugins.models.options import SingleLSTMOptions

VOCAB = 11
PROMPT = torch.randint(VOCAB, (1, 30), generator=torch.Generator().manual_seed(5))


class Plain(nn.Module):
    """A model as third parties write them: it has `forward` alone."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, tokens, state=None):
        return self.model(tokens, state)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(3)
    model = LSTMModel(VOCAB, 2, SingleLSTMOptions(hidden_size=20))
    with torch.no_grad():
        for weight in model.parameters():
            weight *= 5
    return model


def written(model, prompt=PROMPT, *, length=120, window=None, **choice):
    decoder = ModuleDecoder(model, VOCAB, context=None)
    choose = TokenChooser(streams=len(prompt), seed=4, **choice)
    blocks, text = decoder.write(prompt, choose, window=window), prompt[:, :0]
    while text.shape[1] < length:
        text = torch.cat([text, next(blocks)], dim=1)
    return text[:, :length]


@pytest.mark.parametrize("choice", [{"temperature": 0}, {}, {"top_k": 4, "top_p": 0.9}])
@pytest.mark.parametrize("window", [None, 1, 7, 30, 50], ids=lambda w: f"window {w}")
@pytest.mark.parametrize("count", [1, 3])
def test_quick_ways_write_what_plain_loops_write(model, count, window, choice):
    prompt = PROMPT.repeat(count, 1)
    quick = written(model, prompt, window=window, **choice)
    assert torch.equal(quick, written(Plain(model), prompt, window=window, **choice))
    assert len(quick.unique()) > 1


def test_texts_of_different_prompts_do_not_mix(model):
    prompts = torch.cat([PROMPT, PROMPT.flip(1)])
    both = written(model, prompts, window=9, temperature=0)
    assert torch.equal(both[:1], written(model, prompts[:1], window=9, temperature=0))
    assert torch.equal(both[1:], written(model, prompts[1:], window=9, temperature=0))


class Growing(Plain):
    """Its state is all tokens so far: a little longer at every step."""

    def forward(self, tokens, state=None):
        seen = tokens if state is None else torch.cat([state, tokens], dim=1)
        return self.model(seen)[0][:, -tokens.shape[1] :], seen


class Counting(Plain):
    """Its state holds a number that is no tensor."""

    def forward(self, tokens, state=None):
        logits, inner = self.model(tokens, None if state is None else state["inner"])
        return logits, {"inner": inner, "read": 1 if state is None else state["read"] + 1}


def test_the_steps_of_a_model_write_what_its_plain_loop_writes(model):
    steps = ModuleSteps(Plain(model))
    blocks = write_by_steps(steps, PROMPT, TokenChooser(streams=1, seed=4))
    text = torch.cat([next(blocks) for _ in range(4)], dim=1)
    assert torch.equal(text, written(Plain(model), length=text.shape[1]))


@pytest.mark.parametrize("kind", [Growing, Counting])
def test_a_state_that_no_graph_can_hold_is_refused_by_steps_and_written_by_the_loop(model, kind):
    blocks = write_by_steps(ModuleSteps(kind(model)), PROMPT, TokenChooser(streams=1, seed=4))
    with pytest.raises(RuntimeError, match="changes its form"):
        next(blocks)
    assert torch.equal(written(kind(model)), written(Plain(model)))


def test_a_reader_of_slow_steps_waits_for_no_block():
    class Slow:
        def step(self, tokens, fresh=None):
            time.sleep(0.06)
            return torch.zeros(1, VOCAB)

    blocks = write_by_steps(Slow(), PROMPT[:, :1], TokenChooser(streams=1, seed=0))
    assert next(blocks).shape == (1, 1)
