"""Devices: from what the user asked for to one that is here, and what a result depends on."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import numpy as np
import torch

import textgen
from textgen.errors import DeviceError

_CPU_MAX = Path("/sys/fs/cgroup/cpu.max")


def resolve_device(name: str) -> torch.device:
    """Return the device that ``name`` means on this machine.

    ``auto`` takes a CUDA GPU, else Apple's MPS, else the CPU; ``cuda:1`` names one of several.

    Raises:
        DeviceError: There is no such device here; the message lists those that are.
    """
    available = available_devices()
    if name == "auto":
        name = next(kind for kind in ("cuda:0", "mps", "cpu") if kind in available)
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in available:
        raise DeviceError(
            f"--device {name}: there is no such device here; available: {', '.join(available)}. "
            "Choose one of these, or auto."
        )
    if wanted == "cpu":
        use_threads(torch.get_num_threads())
    if wanted.startswith("cuda"):
        # Streams, graphs and kernels are made on the current device.
        torch.cuda.set_device(wanted)
        # cuBLAS repeats its results bit for bit only with a fixed workspace (NVIDIA's manual).
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        # cuDNN would round the factors of its products to ten bits where float32 is asked for.
        torch.backends.cudnn.allow_tf32 = False
    return torch.device(wanted)


def use_threads(count: int) -> None:
    """Compute on the CPU with so many threads, as far as a container may use them at once."""
    torch.set_num_threads(fitting_threads(count, _CPU_MAX))


def fitting_threads(threads: int, cpu_max: Path) -> int:
    """Return how many threads to compute with: no more than a container may use at once.

    More would wait for each other whenever the container has used up its share of time.

    Args:
        threads: As many as torch would take.
        cpu_max: Where a control group's share of time stands (Linux' cgroup v2, "cpu.max"): the
            microseconds that it may use in each period, or ``max``, and the period.
    """
    try:
        share, period = cpu_max.read_text().split()
        return threads if share == "max" else max(1, min(threads, int(share) // int(period)))
    except (OSError, ValueError):
        return threads


def available_devices() -> list[str]:
    """Return the names of the devices of this machine."""
    names = ["cpu", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
    return [*names, "mps"] if torch.backends.mps.is_available() else names


def environment(device: torch.device) -> dict[str, Any]:
    """Return what a run's result depends on besides its settings."""
    return {
        "textgen": textgen.__version__,
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "platform": platform.platform(),
        "device": str(device),
        "device_name": device_name(device),
        "threads": torch.get_num_threads(),
    }


def device_name(device: torch.device) -> str:
    """Return what the device is called by its maker."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    named = torch.cpu.get_capabilities().get("cpu_name")
    return str(named or platform.processor() or platform.machine())
