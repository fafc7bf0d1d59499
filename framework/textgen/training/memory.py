"""How much memory training takes, and how much there is.

The estimate leaves out what Python and torch take themselves (330 MB on a Linux CPU), what an
operation needs only while it runs, the corpus as text, and what the sampler needs when training is
over. Resident memory in training was 0.8 to 1.25 times the estimate, for LSTMs of 1 to 60 million
weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from textgen.errors import TrainingError
from textgen.nesting import leaves
from textgen.training.stepper import Stepper
from textgen.units import bytes_text

_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
_GIVES_WAY = ("inactive_file", "active_file", "slab_reclaimable")
_FEW = 4
_MARGIN = 1.25
_COPIES_TO_WRITE = 4


@dataclass(frozen=True)
class Memory:
    """Bytes that training takes on its device.

    Attributes:
        weights: The model's weights and buffers.
        gradients: Their gradients.
        moments: What the optimiser remembers.
        tokens: The corpus as token ids, unless they are read from disk.
        activations: What a step keeps for its backward pass.
        checkpoint: What writing a checkpoint takes between steps; 0 where that is done elsewhere.
    """

    weights: int
    gradients: int
    moments: int
    tokens: int
    activations: int
    checkpoint: int

    @property
    def to_come(self) -> int:
        """What a run that is prepared, but has taken no step, does not use yet."""
        return self.gradients + max(self.activations, self.checkpoint)

    @property
    def total(self) -> int:
        """What is in use at once, at most."""
        return self.weights + self.moments + self.tokens + self.to_come

    def as_dict(self) -> dict[str, int]:
        """Return all figures as plain values."""
        return {**asdict(self), "total": self.total}


def memory_of(stepper: Stepper, device: torch.device, tokens: int) -> Memory:
    """Measure what training takes.

    Args:
        stepper: One that has taken no step, and may be used up.
        device: Where it is.
        tokens: Bytes that the corpus takes there.
    """
    stepper.model.train()
    activations = _activations(stepper, stepper.batches.at(0).starts)
    model, state = stepper.model, stepper.state()
    kept = [leaf for leaf in leaves((state["model"], state["optimizer"])) if _is_tensor(leaf)]
    weights = _size([*model.parameters(), *model.buffers()])
    return Memory(
        weights=weights,
        gradients=trainable_bytes(model),
        moments=_size(kept) - _size(state["model"].values()),
        tokens=tokens,
        activations=activations,
        checkpoint=_COPIES_TO_WRITE * _size(kept) + weights if device.type == "cpu" else 0,
    )


def trainable_bytes(model: nn.Module) -> int:
    """Return the bytes of the weights that are trained."""
    return _bytes_of(model, trainable=True)


def free_bytes(
    device: torch.device, *, meminfo: Path = _MEMINFO, cgroup: Path = _CGROUP
) -> int | None:
    """Return how much memory is free on ``device``; None where that is not known.

    On the CPU it is what the system or the process's container has left, whichever is less.

    Args:
        device: Where.
        meminfo: Linux' account of its memory.
        cgroup: The folder of a control group (Linux' cgroup v2).
    """
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type != "cpu":
        return None
    known = [size for size in (_available(meminfo), _room_in(cgroup)) if size is not None]
    return min(known, default=None)


def require_room_for_model(model: nn.Module, device: torch.device) -> None:
    """Refuse to build and train a model that alone fills the memory.

    It is built on the host and moved; its gradients and the optimiser's moments are made there.

    Args:
        model: The model, or one of its size whose weights take no memory (torch's ``meta``).
        device: Where it is to be trained.

    Raises:
        TrainingError: There is too little memory for it.
    """
    weights, host = _bytes_of(model), torch.device("cpu")
    needed = {host: weights, device: weights + 3 * trainable_bytes(model)}
    for where, amount in needed.items():
        free = free_bytes(where)
        if free is not None and amount > free:
            raise TrainingError(
                f"{where} has too little memory: this model takes {bytes_text(amount)}, and "
                f"{bytes_text(free)} are free. Make the model smaller (its sizes: textgen plugins "
                "show NAME), or choose another --device."
            )


def has_room_for_copy(model: nn.Module, device: torch.device) -> bool:
    """Whether a second model of this size could be trained beside the first."""
    free = free_bytes(device)
    return free is None or _bytes_of(model) + 3 * trainable_bytes(model) < free


def require_room(memory: Memory, device: torch.device, free: int | None) -> list[str]:
    """Refuse a run that takes far more memory than is free.

    Returns:
        A note where it takes a little more; nothing where it fits.

    Raises:
        TrainingError: It cannot fit.
    """
    if free is None or memory.to_come <= free:
        return []
    message = (
        f"{device} has too little memory: training takes {bytes_text(memory.to_come)} more, and "
        f"{bytes_text(free)} are free. Lower --set training.batch_size or "
        "training.sequence_length, or make the model smaller"
    )
    if memory.to_come > _MARGIN * free:
        raise TrainingError(f"{message}.")
    return [f"the run may fail: {message}"]


def _activations(stepper: Stepper, starts: Tensor) -> int:
    """Measure on a few sequences what a step of all of them keeps."""
    if len(starts) <= _FEW:
        return _saved_in(stepper, starts)
    few, fewer = (_saved_in(stepper, starts[:count]) for count in (_FEW, _FEW // 2))
    per_sequence = (few - fewer) / (_FEW - _FEW // 2)
    return round(few + per_sequence * (len(starts) - _FEW))


def _saved_in(stepper: Stepper, starts: Tensor) -> int:
    """Return the bytes of all that reading some sequences keeps for the way back."""
    own = {_address(weight) for weight in stepper.model.parameters()}
    saved: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        saved[_address(tensor)] = tensor.untyped_storage().nbytes()
        return tensor.detach()  # a result that held on to itself would keep the whole graph

    with torch.autograd.graph.saved_tensors_hooks(note, _as_it_is):
        loss, _ = stepper.read(starts, None)
    del loss
    return sum(size for place, size in saved.items() if place not in own)


def _bytes_of(model: nn.Module, *, trainable: bool = False) -> int:
    return sum(
        weight.numel() * weight.element_size()
        for weight in model.parameters()
        if weight.requires_grad or not trainable
    )


def _size(tensors: Iterable[Tensor]) -> int:
    """Return the bytes of the distinct storages of some tensors."""
    return sum({_address(item): item.untyped_storage().nbytes() for item in tensors}.values())


def _address(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _as_it_is(tensor: Tensor) -> Tensor:
    return tensor


def _is_tensor(value: object) -> bool:
    return isinstance(value, Tensor)


def _available(meminfo: Path) -> int | None:
    return _read(meminfo, lambda text: _field(text, "MemAvailable:") * 1024)


def _room_in(cgroup: Path) -> int | None:
    """Return what a control group may still use; what is only cached gives way."""
    limit = _read(cgroup / "memory.max", int)
    used = _read(cgroup / "memory.current", int)
    if limit is None or used is None:
        return None
    back = [_read(cgroup / "memory.stat", partial(_field, name=name)) or 0 for name in _GIVES_WAY]
    return max(0, limit - used + sum(back))


def _field(text: str, name: str) -> int:
    return next(int(words[1]) for words in map(str.split, text.splitlines()) if name in words[:1])


def _read(path: Path, parse: Callable[[str], int]) -> int | None:
    """Return what a file of the system says; None where it is not there or says nothing."""
    try:
        return parse(path.read_text())
    except (OSError, ValueError, LookupError, StopIteration):
        return None
