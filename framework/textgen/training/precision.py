"""Precision: the floating-point type to multiply in, chosen for the device.

In training weights, updates and losses stay in float32; the type here is that of the forward and
backward passes (mixed precision, Micikevicius et al. 2018). Held-out figures are always measured
in float32, so that they compare across precisions.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal, get_args

import torch

from textgen.errors import DeviceError, UnknownNameError, nearest

PrecisionName = Literal["auto", "fp32", "bf16", "fp16"]

_TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
_TENSOR_CORES = (7, 0)
_FIRST_SCALE = 2.0**13


@dataclass(frozen=True)
class Precision:
    """A precision that the device has.

    Attributes:
        name: ``fp32``, ``bf16`` or ``fp16``.
        device_type: ``cpu``, ``cuda`` or ``mps``.
        note: Why it is not what could be hoped for; empty where it is.
    """

    name: str
    device_type: str
    note: str = ""

    @property
    def dtype(self) -> torch.dtype:
        """The type."""
        return _TYPES[self.name]

    def autocast(self) -> AbstractContextManager[Any]:
        """Return a context in which a model computes in this precision."""
        if self.name == "fp32":
            return nullcontext()
        # Without a cache, because a captured step must cast the weights of its own time.
        return torch.autocast(self.device_type, dtype=self.dtype, cache_enabled=False)

    def scaler(self) -> torch.amp.GradScaler:
        """Return what keeps small gradients above zero; it does nothing but for fp16.

        After an overflow it skips the update and halves its scale, so that training goes on.
        """
        return torch.amp.GradScaler(
            self.device_type, init_scale=_FIRST_SCALE, enabled=self.name == "fp16"
        )


def resolve_precision(name: PrecisionName, device: torch.device) -> Precision:
    """Return the precision that ``name`` means on ``device``.

    ``auto`` takes fp16 on a CUDA GPU with tensor cores, bf16 on a processor that has instructions
    for it, and fp32 elsewhere.

    Raises:
        UnknownNameError: There is no such precision.
        DeviceError: The device does not have it.
    """
    if name not in get_args(PrecisionName):
        raise UnknownNameError(f"precision {name!r}: {nearest(name, get_args(PrecisionName))}")
    able = _precisions_of(device)
    if name == "auto":
        slow = device.type == "cuda" and able[0] == "fp32"
        return Precision(able[0], device.type, _no_tensor_cores(device) if slow else "")
    if name not in able:
        raise DeviceError(
            f"precision {name}: {device} computes in {' or '.join(able)}. "
            "Choose one of these, or auto."
        )
    return Precision(name, device.type)


def _no_tensor_cores(device: torch.device) -> str:
    return f"{torch.cuda.get_device_name(device)} has no tensor cores: it trains in fp32"


def _precisions_of(device: torch.device) -> list[str]:
    """Return the precisions that pay on ``device``, the quickest first."""
    if device.type == "cuda":
        quick = torch.cuda.get_device_capability(device) >= _TENSOR_CORES
        bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return [*(["fp16"] if quick else []), "fp32", *(["bf16"] if bf16 else [])]
    if device.type == "cpu" and _processor_has_bf16():
        return ["bf16", "fp32"]
    return ["fp32"]


def _processor_has_bf16() -> bool:
    has = torch.cpu.get_capabilities()
    return bool(has.get("avx512_bf16") or has.get("amx_bf16"))
