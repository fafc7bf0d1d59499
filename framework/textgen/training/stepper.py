"""One optimiser step at a time: gather a batch, forward, backward, clip, update.

Knows nothing of evaluation, recording or time. Its `state` is all that decides the steps to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from textgen.data.batches import Batches
from textgen.nesting import cast_like, copy_tensors, map_tensors
from textgen.training.capture import CapturedUpdate, Update
from textgen.training.objectives import cross_entropy
from textgen.training.optimizer import make_optimizer, set_learning_rate
from textgen.training.options import TrainingOptions
from textgen.training.precision import Precision
from textgen.training.randomness import random_state, set_random_state
from textgen.training.schedule import learning_rate_at


class Stepper:
    """Takes a run's steps.

    Attributes:
        step: Steps taken.
        model: The model in training.
        batches: Where its steps read.
        precision: What its passes are computed in.
        last_loss: The loss of the last step, in nats per scored token, still on the device.
        remedy: What to try where training diverges.
    """

    remedy = "Try a lower --set training.learning_rate, or a smaller --set training.clip."

    def __init__(
        self,
        model: nn.Module,
        batches: Batches,
        *,
        steps: int,
        options: TrainingOptions,
        precision: Precision,
    ) -> None:
        """Prepare to train ``model``, which has parameters, on its device for ``steps``."""
        self.step = 0
        self.model = model
        self.precision = precision
        self._device = next(model.parameters()).device
        self.batches = batches
        self._steps = steps
        self._options = options
        self._optimizer = make_optimizer(model, options)
        self._scaler = self.precision.scaler()
        self._update: Update = self._plain_update
        self._carried: Any = None
        self.last_loss = torch.zeros((), device=self._device)
        self._loss_sum = torch.zeros((), device=self._device)
        self._loss_steps = 0

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step."""
        return learning_rate_at(self.step, self._steps, self._options)

    @property
    def is_captured(self) -> bool:
        """Whether steps are replayed from CUDA graphs."""
        return isinstance(self._update, CapturedUpdate)

    def copy(self) -> Stepper:
        """Return one at the same step, with a model of its own, that begins to optimise anew."""
        other = Stepper(
            # Copied one by one, the weights of a recurrent layer lie apart; `to` packs them.
            deepcopy(self.model).to(self._device),
            self.batches,
            steps=self._steps,
            options=self._options,
            precision=self.precision,
        )
        other.step = self.step
        return other

    def capture(self) -> str | None:
        """Record the step as CUDA graphs, where there is CUDA; return why where that cannot be.

        All that decides the steps to come is left as it is.
        """
        if self._device.type != "cuda" or not self._options.capture:
            return None
        self.model.train()
        update = CapturedUpdate(self._plain_update, self.batches)
        problem = update.prepare(self)
        if problem is None:
            self._update = update
        return problem

    def take(self) -> None:
        """Take one step."""
        starts, continues = self.batches.at(self.step)
        set_learning_rate(self._optimizer, self.learning_rate)
        carried = self._update(starts, self._carried if continues else None)
        self._carried = carried if self.batches.continues else None
        self._loss_steps += 1
        self.step += 1

    def read(self, starts: Tensor, carried: Any) -> tuple[Tensor, Any]:
        """Return the loss of the sequences at ``starts``, ``[B]``, and the state after them."""
        inputs, targets = self.batches.gather(starts)
        with self.precision.autocast():
            logits, state = self.model(inputs, carried)
        loss = cross_entropy(
            logits,
            targets,
            objective=self._options.objective,
            reduction=self._options.reduction,
        )
        return loss, state

    def drain_loss(self) -> float:
        """Return the mean loss in nats per token since the last call, and begin anew."""
        mean = self._loss_sum.item() / max(1, self._loss_steps)
        self._loss_sum.zero_()
        self._loss_steps = 0
        return mean

    def drain_figures(self) -> Mapping[str, float]:
        """Return the mean loss and the learning rate; nothing where no step was taken since."""
        if not self._loss_steps:
            return {}
        return {"train_loss": self.drain_loss(), "learning_rate": self.learning_rate}

    def is_sound(self) -> bool:
        """Whether every weight is a finite number, so that a checkpoint is worth keeping."""
        sound = [weight.isfinite().all() for weight in self.model.parameters()]
        return bool(torch.stack(sound).all())

    def state(self) -> dict[str, Any]:
        """Return all that decides the steps to come, for `load_state`."""
        return {
            "step": self.step,
            "precision": self.precision.name,
            "model": dict(self.model.state_dict()),
            "optimizer": self._optimizer.state_dict()["state"],
            "scaler": self._scaler.state_dict(),
            "carried": self._carried,
            "random": random_state(self._device),
            "loss_sum": self._loss_sum,
            "loss_steps": self._loss_steps,
        }

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned, in the tensors that are in use now."""
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        copy_tensors(state["optimizer"], self._optimizer.state_dict()["state"])
        if state["scaler"]:
            self._scaler.load_state_dict(state["scaler"])
        self._carried = self._carried_from(state)
        self._loss_sum.copy_(state["loss_sum"])
        self._loss_steps = state["loss_steps"]
        set_random_state(self._device, state["random"])

    def _carried_from(self, state: Mapping[str, Any]) -> Any:
        """Return the carried state, in the types of this precision if it was saved in another."""
        carried = map_tensors(lambda tensor: tensor.to(self._device), state["carried"])
        if carried is None or state["precision"] == self.precision.name:
            return carried
        inputs, _ = self.batches.gather(self.batches.at(self.step).starts)
        with torch.no_grad(), self.precision.autocast():
            _, own = self.model(inputs[:, :1], None)
        return cast_like(carried, own)

    def _plain_update(self, starts: Tensor, carried: Any) -> Any:
        """Read the sequences at ``starts``, improve the weights, return the state after them."""
        loss, state = self.read(starts, carried)
        self._optimizer.zero_grad(set_to_none=True)
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        if self._options.clip:
            self._scaler.unscale_(self._optimizer)
            nn.utils.clip_grad_norm_(self.model.parameters(), self._options.clip)
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self._count(loss.detach(), len(starts))
        return map_tensors(Tensor.detach, state)

    def _count(self, loss: Tensor, sequences: int) -> None:
        if self._options.reduction == "sum":
            length = self._options.sequence_length
            per_sequence = length if self._options.objective == "all-steps" else 1
            loss = loss / (sequences * per_sequence)
        self.last_loss.copy_(loss)
        self._loss_sum += loss
