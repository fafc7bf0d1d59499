"""What a training step minimises: cross-entropy over every position, or over the last."""

from __future__ import annotations

from typing import Literal

from torch import Tensor
from torch.nn import functional as F

Objective = Literal["all-steps", "last-step"]


def scored(logits: Tensor, targets: Tensor, objective: Objective) -> tuple[Tensor, Tensor]:
    """Return the logits ``[M, V]`` and targets ``[M]`` that the objective scores.

    Args:
        logits: ``[B, T, V]``.
        targets: ``[B, T]``.
        objective: ``all-steps`` scores M = B·T positions, ``last-step`` M = B.
    """
    if objective == "last-step":
        return logits[:, -1], targets[:, -1]
    return logits.flatten(0, 1), targets.flatten()


def cross_entropy(
    logits: Tensor,
    targets: Tensor,
    *,
    objective: Objective = "all-steps",
    reduction: Literal["mean", "sum"] = "mean",
) -> Tensor:
    """Return the cross-entropy in nats of what the objective scores, in float32."""
    rows, answers = scored(logits, targets, objective)
    return F.cross_entropy(rows.float(), answers, reduction=reduction)
