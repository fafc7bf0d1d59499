"""The optimiser: AdamW, in the form that is quickest on each device."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import unwrap

import torch
from torch import Tensor, nn

from textgen.training.options import TrainingOptions


class _AdamW(torch.optim.AdamW):
    """AdamW, for which torch does not import its compiler.

    Around these methods torch has what keeps its compiler out of them, and imports the compiler to
    say so: a second at the start of each run, which compiles no optimiser.
    """

    add_param_group = unwrap(torch.optim.AdamW.add_param_group)
    state_dict = unwrap(torch.optim.AdamW.state_dict)
    zero_grad = unwrap(torch.optim.AdamW.zero_grad)
    step = torch.no_grad()(unwrap(torch.optim.AdamW.step))


def make_optimizer(model: nn.Module, options: TrainingOptions) -> torch.optim.Optimizer:
    """Return AdamW with weight decay on matrices alone.

    Without decay it is Adam (Kingma & Ba 2015); with it, the decoupled form (Loshchilov & Hutter
    2019). On CUDA its learning rate and step count lie on the device, so that a captured step
    can use them.
    """
    trainable = [weight for weight in model.parameters() if weight.requires_grad]
    groups = [
        {"params": [w for w in trainable if w.ndim >= 2], "weight_decay": options.weight_decay},
        {"params": [w for w in trainable if w.ndim < 2], "weight_decay": 0.0},
    ]
    device = trainable[0].device
    on_cuda = device.type == "cuda"
    rate = torch.tensor(options.learning_rate, device=device) if on_cuda else options.learning_rate
    optimizer = _AdamW(
        [group for group in groups if group["params"]],
        lr=rate,
        betas=(options.beta1, options.beta2),
        fused=device.type in ("cpu", "cuda"),
        capturable=on_cuda,
    )
    _make_state(optimizer, trainable)
    return optimizer


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of the next step."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def _make_state(optimizer: torch.optim.Optimizer, weights: Sequence[Tensor]) -> None:
    """Have the optimiser make its moments now: all zero, as before the first step.

    Made in a step that is being captured, they would be made anew whenever it is replayed.
    """
    rates = [group["lr"] for group in optimizer.param_groups]
    for group in optimizer.param_groups:
        group["lr"] = group["lr"] * 0
    for weight in weights:
        weight.grad = torch.zeros_like(weight)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    for moments in optimizer.state.values():
        for moment in moments.values():
            moment.zero_()
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate
