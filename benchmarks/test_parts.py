"""The speed of the parts, each beside what plain PyTorch does, to be read as ratios.

Run by `make bench`. The benchmarks of one group do the same work.
"""

from __future__ import annotations

import pytest
import torch

from textgen.bench.plain import plain_training
from textgen.data.batches import StreamBatches
from textgen.generation.decoders import ModuleDecoder
from textgen.training.options import TrainingOptions
from textgen.training.precision import resolve_precision
from textgen.training.stepper import Stepper
from textgen_plugins.models.lstm import build_stacked
from textgen_plugins.models.options import StackedLSTMOptions
from textgen_plugins.samplers.options import SlidingWindowOptions, StatefulOptions
from textgen_plugins.samplers.sliding_window import SlidingWindowSampler
from textgen_plugins.samplers.stateful import StatefulSampler

VOCAB, BATCH, LENGTH, CHARACTERS = 75, 16, 64, 160


@pytest.fixture
def model():
    torch.manual_seed(0)
    return build_stacked(VOCAB, StackedLSTMOptions())


@pytest.mark.benchmark(group="training step, lstm-stacked 2×256, 16 × 64")
class TestTrainingStep:
    @pytest.mark.parametrize("name", ["fp32", "auto"])
    def test_textgen(self, benchmark, model, name):
        tokens = torch.randint(VOCAB, (130_000,), dtype=torch.uint8)
        batches = StreamBatches(tokens, batch_size=BATCH, length=LENGTH, seed=0)
        stepper = Stepper(
            model,
            batches,
            steps=10**6,
            options=TrainingOptions(),
            precision=resolve_precision(name, torch.device("cpu")),
        )
        benchmark.pedantic(stepper.take, rounds=30, warmup_rounds=5)

    def test_plain_pytorch(self, benchmark):
        tokens = torch.randint(VOCAB, (130_000,), dtype=torch.uint8)
        step = plain_training(tokens, VOCAB, BATCH, LENGTH)
        benchmark.pedantic(step, rounds=30, warmup_rounds=5)


@pytest.mark.benchmark(group=f"{CHARACTERS} characters, one text, lstm-stacked 2×256")
class TestWriting:
    @pytest.mark.parametrize(
        "sampler",
        [
            pytest.param(StatefulSampler(StatefulOptions()), id="stateful"),
            pytest.param(SlidingWindowSampler(SlidingWindowOptions()), id="sliding-window"),
        ],
    )
    def test_textgen(self, benchmark, model, sampler):
        decoder = ModuleDecoder(model, VOCAB, context=None)
        blocks = sampler.generate(decoder, torch.zeros(1, 100).long(), seed=0)

        def write():
            written = 0
            while written < CHARACTERS:
                written += next(blocks).shape[1]

        benchmark.pedantic(write, rounds=5)

    def test_re_reading(self, benchmark, model):
        model.eval()
        window = torch.zeros(1, 100).long()

        @torch.no_grad()
        def write():
            for _ in range(CHARACTERS):
                logits, _ = model(window)
                window[:, :-1] = window[:, 1:].clone()
                window[:, -1] = logits[:, -1].argmax()

        benchmark.pedantic(write, rounds=5)
