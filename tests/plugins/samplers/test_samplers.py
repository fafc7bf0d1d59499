"""The samplers: the text of plain loops, repeatable, and prompts of any length."""

import pytest
import torch

from textgen.generation.decoders import ModuleDecoder
from textgen_plugins.models.lstm import build_stacked
from textgen_plugins.models.options import StackedLSTMOptions
from textgen_plugins.samplers.options import SlidingWindowOptions, StatefulOptions
from textgen_plugins.samplers.sliding_window import SlidingWindowSampler
from textgen_plugins.samplers.stateful import StatefulSampler

VOCAB = 17
PROMPT = torch.randint(VOCAB, (1, 130), generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def model():
    """Weights large enough for a text that does not settle on one token."""
    torch.manual_seed(0)
    model = build_stacked(VOCAB, StackedLSTMOptions(hidden_size=24))
    with torch.no_grad():
        for weight in model.parameters():
            weight *= 6
    return model


@pytest.fixture(scope="module")
def decoder(model):
    return ModuleDecoder(model, VOCAB, context=None)


def tokens(sampler, decoder, prompt=PROMPT, *, seed=0, length=60):
    blocks, written = sampler.generate(decoder, prompt, seed=seed), prompt[:, :0]
    while written.shape[1] < length:
        written = torch.cat([written, next(blocks)], dim=1)
    return written[:, :length]


def plain_loop(model, prompt, window, length):
    """The tutorial's loop, written out: re-read the window, take the likeliest, shift."""
    model.eval()
    text = prompt[0].tolist()
    with torch.no_grad():
        for _ in range(length):
            logits, _ = model(torch.tensor([text[-window:]]))
            text.append(int(logits[0, -1].argmax()))
    return text[prompt.shape[1] :]


@pytest.mark.parametrize("prompt_length", [130, 100, 30, 1])
def test_a_sliding_window_writes_what_a_plain_loop_over_the_window_writes(
    model, decoder, prompt_length
):
    """300 characters at temperature 0, for prompts longer and shorter than the window."""
    sampler = SlidingWindowSampler(SlidingWindowOptions(window=100, temperature=0))
    prompt = PROMPT[:, :prompt_length]
    written = tokens(sampler, decoder, prompt, length=300)[0].tolist()
    assert written == plain_loop(model, prompt, 100, 300)
    assert len(set(written)) > 3


def test_a_carried_state_writes_what_re_reading_everything_writes(model, decoder):
    sampler = StatefulSampler(StatefulOptions(temperature=0))
    written = tokens(sampler, decoder, length=100)[0].tolist()
    assert written == plain_loop(model, PROMPT, 10_000, 100)


def test_nothing_before_the_window_has_any_influence(decoder):
    sampler = SlidingWindowSampler(SlidingWindowOptions(window=5, temperature=0))
    other = PROMPT.clone()
    other[:, :-5] = 0
    assert torch.equal(tokens(sampler, decoder), tokens(sampler, decoder, other))


@pytest.mark.parametrize(
    "sampler",
    [
        StatefulSampler(StatefulOptions(temperature=1)),
        SlidingWindowSampler(SlidingWindowOptions(temperature=1)),
        StatefulSampler(StatefulOptions(temperature=1, top_k=5, top_p=0.9)),
    ],
)
class TestEverySampler:
    def test_the_same_seed_writes_the_same_text(self, sampler, decoder):
        first, second = (tokens(sampler, decoder, seed=3) for _ in range(2))
        assert torch.equal(first, second)
        assert not torch.equal(first, tokens(sampler, decoder, seed=4))

    def test_the_first_of_many_texts_is_the_text_alone(self, sampler, decoder):
        many = tokens(sampler, decoder, PROMPT.repeat(3, 1))
        assert torch.equal(many[:1], tokens(sampler, decoder))
        assert not torch.equal(many[0], many[1])
