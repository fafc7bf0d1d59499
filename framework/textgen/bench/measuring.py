"""Measuring: two ways of doing the same, in turn, so that a noisy machine is noisy for both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import torch

_WARM_UP = 3


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes:
        name: What is compared.
        baseline: The figure of the plain way.
        textgen: The figure of textgen.
        unit: Of both figures; ``/s`` means that more is better, ``s`` that less is.
        ratio: How many times better textgen is; for ``help``, how many times slower.
        what: The two ways in words.
    """

    name: str
    baseline: float
    textgen: float
    unit: str
    ratio: float
    what: str


@dataclass(frozen=True)
class Stopwatch:
    """How thoroughly to measure, and on what.

    Attributes:
        device: Waited for before a time is read.
        rounds: How often each way is measured; the median counts.
        seconds: How long a measurement lasts at least.
    """

    device: torch.device
    rounds: int
    seconds: float

    def compare(self, plain: Callable[[], int], ours: Callable[[], int]) -> tuple[float, float]:
        """Return what each way does per second, as the median of measurements in turn.

        Args:
            plain: Does a piece of the work and returns how much it was.
            ours: Does it the other way.
        """
        for way in (plain, ours):
            for _ in range(_WARM_UP):
                way()
        rates = [(self._plain_rate(plain), self._rate(ours)) for _ in range(self.rounds)]
        return median(rate for rate, _ in rates), median(rate for _, rate in rates)

    def wait(self) -> None:
        """Wait until the device is done."""
        if self.device.type != "cpu":
            torch.get_device_module(self.device).synchronize()

    def _plain_rate(self, work: Callable[[], int]) -> float:
        """Measure with PyTorch's own settings, which let cuDNN round factors to ten bits."""
        before = torch.backends.cudnn.allow_tf32
        torch.backends.cudnn.allow_tf32 = True
        try:
            return self._rate(work)
        finally:
            torch.backends.cudnn.allow_tf32 = before

    def _rate(self, work: Callable[[], int]) -> float:
        self.wait()
        begun, done = time.perf_counter(), work()
        while time.perf_counter() - begun < self.seconds:
            done += work()
        self.wait()
        return done / (time.perf_counter() - begun)
