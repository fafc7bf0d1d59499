"""One optimiser step at a time: gather a batch, forward, backward, clip, update.

Knows nothing of evaluation, recording or time. Its `state` is all that decides the steps to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from textgen.data.batches import Batches
from textgen.nesting import map_tensors
from textgen.training.objectives import cross_entropy
from textgen.training.options import TrainingOptions
from textgen.training.schedule import learning_rate_at


class Stepper:
    """Takes a run's steps.

    Attributes:
        step: Steps taken.
        last_loss: The loss of the last step, in nats per scored token, still on the device.
    """

    def __init__(
        self, model: nn.Module, batches: Batches, *, steps: int, options: TrainingOptions
    ) -> None:
        """Prepare to train ``model``, which has parameters, on its device for ``steps``."""
        self.step = 0
        self.model = model
        self._batches = batches
        self._steps = steps
        self._options = options
        self._optimizer = make_optimizer(model, options)
        self._device = next(model.parameters()).device
        self._carried: Any = None
        self.last_loss = torch.zeros((), device=self._device)
        self._loss_sum = torch.zeros((), device=self._device)
        self._loss_steps = 0

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step."""
        return learning_rate_at(self.step, self._steps, self._options)

    def take(self) -> None:
        """Take one step."""
        starts, continues = self._batches.at(self.step)
        inputs, targets = self._batches.gather(starts)
        for group in self._optimizer.param_groups:
            group["lr"] = self.learning_rate
        logits, state = self.model(inputs, self._carried if continues else None)
        loss = cross_entropy(
            logits,
            targets,
            objective=self._options.objective,
            reduction=self._options.reduction,
        )
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if self._options.clip:
            nn.utils.clip_grad_norm_(self.model.parameters(), self._options.clip)
        self._optimizer.step()
        self._carried = map_tensors(torch.Tensor.detach, state)
        self._count(loss.detach(), len(inputs))
        self.step += 1

    def drain_loss(self) -> float:
        """Return the mean loss in nats per token since the last call, and begin anew."""
        mean = self._loss_sum.item() / max(1, self._loss_steps)
        self._loss_sum = torch.zeros_like(self._loss_sum)
        self._loss_steps = 0
        return mean

    @property
    def undrained(self) -> bool:
        """Whether steps were taken since the last `drain_loss`."""
        return self._loss_steps > 0

    def is_sound(self) -> bool:
        """Whether every weight is a finite number, so that a checkpoint is worth keeping."""
        sound = [weight.isfinite().all() for weight in self.model.parameters()]
        return bool(torch.stack(sound).all())

    def state(self) -> dict[str, Any]:
        """Return all that decides the steps to come, for `load_state`."""
        return {
            "step": self.step,
            "model": dict(self.model.state_dict()),
            "optimizer": self._optimizer.state_dict(),
            "carried": self._carried,
            "random": _random_state(self._device),
            "loss_sum": self._loss_sum,
            "loss_steps": self._loss_steps,
        }

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned."""
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._carried = map_tensors(lambda tensor: tensor.to(self._device), state["carried"])
        self._loss_sum = state["loss_sum"].to(self._device)
        self._loss_steps = state["loss_steps"]
        _set_random_state(self._device, state["random"])

    def _count(self, loss: Tensor, sequences: int) -> None:
        if self._options.reduction == "sum":
            length = self._options.sequence_length
            per_sequence = length if self._options.objective == "all-steps" else 1
            loss = loss / (sequences * per_sequence)
        self.last_loss = loss
        self._loss_sum += loss
        self._loss_steps += 1


def make_optimizer(model: nn.Module, options: TrainingOptions) -> torch.optim.Optimizer:
    """Return AdamW with weight decay on matrices alone.

    Without decay it is Adam (Kingma & Ba 2015); with it, the decoupled form (Loshchilov & Hutter
    2019).
    """
    trainable = [weight for weight in model.parameters() if weight.requires_grad]
    groups = [
        {"params": [w for w in trainable if w.ndim >= 2], "weight_decay": options.weight_decay},
        {"params": [w for w in trainable if w.ndim < 2], "weight_decay": 0.0},
    ]
    fused = trainable[0].device.type in ("cpu", "cuda")
    filled = [group for group in groups if group["params"]]
    return torch.optim.AdamW(filled, lr=options.learning_rate, fused=fused)


def _random_state(device: torch.device) -> dict[str, Tensor]:
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def _set_random_state(device: torch.device, state: Mapping[str, Tensor]) -> None:
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
    elif device.type == "mps" and "mps" in state:
        torch.mps.set_rng_state(state["mps"])
