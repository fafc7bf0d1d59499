"""The comparisons: training, writing one text, many texts, sliding windows, start-up."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

import torch
from torch import Tensor, nn

from textgen.bench.measuring import Row, Stopwatch
from textgen.bench.plain import (
    WINDOW,
    PlainLSTM,
    carrying_state,
    plain_training,
    re_reading,
)
from textgen.data.batches import StreamBatches
from textgen.generation.choice import TokenChooser
from textgen.generation.decoders import ModuleDecoder
from textgen.pipeline import build_model
from textgen.settings import RunSettings
from textgen.training.options import TrainingOptions
from textgen.training.precision import PrecisionName, resolve_precision
from textgen.training.stepper import Stepper

VOCAB, TOKENS, BATCH, LENGTH = 46, 144_429, 128, 100
_MANY = {"cpu": 256, "mps": 256, "cuda": 8192}
_AT_ONCE = 32


class Comparisons:
    """Compares textgen's model with the plain one, both with random weights of one size."""

    def __init__(self, settings: RunSettings, watch: Stopwatch) -> None:
        self._settings = settings
        self._watch = watch
        self._device = watch.device
        self._plain = PlainLSTM(VOCAB).to(self._device).eval()

    def training(self, name: str, precision: PrecisionName) -> Row:
        """Compare training steps of 128 × 100 predictions; the plain ones are in float32."""
        generator = torch.Generator().manual_seed(0)
        tokens = torch.randint(VOCAB, (TOKENS,), generator=generator, dtype=torch.uint8)
        tokens = tokens.to(self._device)
        stepper = self._stepper(tokens, precision)
        return self._row(
            name,
            plain_training(tokens, VOCAB, BATCH, LENGTH),
            _steps_of(stepper),
            "predictions/s",
            f"eager nn.LSTM in fp32; textgen in {stepper.precision.name}",
        )

    def stream(self) -> Row:
        """Compare writing one text: re-reading, and carrying the state."""
        plain = re_reading(self._plain, VOCAB, self._device)
        ours = self._writing(1)
        return self._row("stream", plain, ours, "chars/s", "re-reading 100; state carried")

    def batch(self) -> Row:
        """Compare writing many texts with the state carried."""
        texts = _MANY[self._device.type]
        precision = resolve_precision("auto", self._device)
        plain = carrying_state(self._plain, texts, self._device)
        ours = self._writing(texts, dtype=precision.dtype)
        what = f"{texts} texts: nn.LSTM step by step in fp32; textgen in {precision.name}"
        return self._row("batch", plain, ours, "chars/s", what)

    def sliding_window(self) -> Row:
        """Compare sliding windows: re-read for each token, and all in flight."""
        plain = re_reading(self._plain, VOCAB, self._device)
        ours = self._writing(1, window=WINDOW)
        return self._row("sliding-window", plain, ours, "chars/s", "re-reading 100; in flight")

    def _row(
        self, name: str, plain: Callable[[], int], ours: Callable[[], int], unit: str, what: str
    ) -> Row:
        baseline, textgen = self._watch.compare(plain, ours)
        return Row(name, baseline, textgen, unit, textgen / baseline, what)

    def _model(self) -> nn.Module:
        return build_model(self._settings, VOCAB, self._device)

    def _stepper(self, tokens: Tensor, precision: PrecisionName) -> Stepper:
        stepper = Stepper(
            self._model(),
            StreamBatches(tokens, batch_size=BATCH, length=LENGTH, seed=0),
            steps=10**6,
            options=TrainingOptions(learning_rate=1e-3, precision=precision),
            precision=resolve_precision(precision, self._device),
        )
        stepper.model.train()
        stepper.capture()
        return stepper

    def _writing(
        self, texts: int, *, window: int | None = None, dtype: torch.dtype = torch.float32
    ) -> Callable[[], int]:
        decoder = ModuleDecoder(self._model(), VOCAB, context=None, dtype=dtype)
        prompt = torch.zeros(texts, WINDOW, dtype=torch.int64, device=self._device)
        choose = TokenChooser(streams=texts, seed=0, temperature=0.8)
        return _blocks_of(decoder.write(prompt, choose, window=window))


def start_up(rounds: int) -> Row:
    """Compare ``textgen --help`` with importing Typer, each as a process of its own."""
    python = sys.executable
    commands = ([python, "-c", "import typer"], [python, "-m", "textgen", "--help"])
    times = [[_duration(command) for command in commands] for _ in range(rounds + 1)][1:]
    plain, ours = (median(pair[place] for pair in times) for place in (0, 1))
    what = "import typer; textgen --help: how many times as long"
    return Row("help", plain, ours, "s", ours / plain, what)


def _steps_of(stepper: Stepper) -> Callable[[], int]:
    def step() -> int:
        stepper.take()
        return BATCH * LENGTH

    return step


def _blocks_of(blocks: Iterator[Tensor]) -> Callable[[], int]:
    def write() -> int:
        written = 0
        while written < _AT_ONCE:
            block = next(blocks).cpu()
            written += block.shape[1]
        return written * len(block)

    return write


def _duration(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - begun
