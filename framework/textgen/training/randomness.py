"""The state of the random numbers that a step draws, on the processor and on its device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor


def random_state(device: torch.device) -> dict[str, Tensor]:
    """Return the state of every generator that training on ``device`` draws from."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def set_random_state(device: torch.device, state: Mapping[str, Tensor]) -> None:
    """Go back to what `random_state` returned, as far as ``device`` has these generators."""
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
    elif device.type == "mps" and "mps" in state:
        torch.mps.set_rng_state(state["mps"])


@contextmanager
def undisturbed(device: torch.device) -> Iterator[None]:
    """Let the block draw as many random numbers as it likes: later ones are as without it."""
    before = random_state(device)
    try:
        yield
    finally:
        set_random_state(device, before)
