"""Tries a model before a run begins: whether it keeps the contract, and what it can compute in.

A trial uses up no random numbers and changes no weight.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from itertools import chain
from typing import Any

import torch
from torch import nn

from textgen.components import Kind
from textgen.nesting import is_plain
from textgen.settings import RunSettings
from textgen.training.precision import Precision, resolve_precision


def carries_state(settings: RunSettings, model: nn.Module, vocab_size: int) -> bool:
    """Try a model on short texts; return whether it hands out a state to go on from.

    Raises:
        PluginError: Its ``forward`` does not do what `textgen.Model` says.
    """
    choice = settings.parts[Kind.MODEL]
    tokens = _short_texts(model)
    try:
        logits, state = _read_twice(model, tokens)
    except Exception as error:
        raise choice.broken(
            f"reading tokens of shape {list(tokens.shape)} failed "
            f"({type(error).__name__}: {error}); forward(tokens, state) must return logits and a "
            "state"
        ) from error
    expected = [*tokens.shape, vocab_size]
    if list(getattr(logits, "shape", ())) != expected:
        found = list(getattr(logits, "shape", ()))
        raise choice.broken(f"its logits have shape {found}, not {expected}")
    if not is_plain(state):
        raise choice.broken("its state is not of tensors in plain tuples, lists and dictionaries")
    return state is not None


def fitting_precision(settings: RunSettings, model: nn.Module) -> tuple[Precision, list[str]]:
    """Return the precision to train ``model`` in, and what to tell about it.

    Raises:
        DeviceError: The device cannot train in the precision asked for.
        PluginError: The model cannot.
    """
    tokens, name = _short_texts(model), settings.training.precision
    precision = resolve_precision(name, tokens.device)
    if precision.name == "fp32":
        return precision, [precision.note] if precision.note else []
    try:
        _learn_once(model, tokens, precision)
    except Exception as error:
        choice, reason = settings.parts[Kind.MODEL], (str(error).splitlines() or [""])[0]
        if name != "auto":
            raise choice.broken(f"it cannot compute in {name} ({reason})") from error
        note = f"{choice.use} cannot compute in {precision.name} ({reason}); it trains in fp32"
        return Precision("fp32", tokens.device.type), [note]
    return precision, []


def _learn_once(model: nn.Module, tokens: torch.Tensor, precision: Precision) -> None:
    """Have a model go through a training step without taking it."""
    with _no_random_numbers_used(tokens.device):
        with precision.autocast():
            logits, _ = model.train()(tokens, None)
        logits.float().sum().backward()
    model.zero_grad(set_to_none=True)


def _short_texts(model: nn.Module) -> torch.Tensor:
    device = next(chain(model.parameters(), model.buffers()), torch.empty(0)).device
    return torch.zeros(3, 4, dtype=torch.int64, device=device)


def _read_twice(model: nn.Module, tokens: torch.Tensor) -> tuple[torch.Tensor, Any]:
    """Have a model read texts, and go on from there."""
    with _no_random_numbers_used(tokens.device), torch.no_grad():
        _, state = model.eval()(tokens, None)
        logits, state = model(tokens, state)
    return logits, state


def _no_random_numbers_used(device: torch.device) -> AbstractContextManager[None]:
    return torch.random.fork_rng([device] if device.type == "cuda" else [])
