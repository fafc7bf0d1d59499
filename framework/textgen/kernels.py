"""Kernels written in Triton, where they can be had: on a CUDA GPU, with a compiler beside it.

A module of kernels has a function ``probe(device)`` that runs each of them once. Whatever keeps it
from doing so (no Triton, no C compiler, an old GPU) costs speed alone: plain torch does the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch


@cache
def kernels_for(load: Callable[[], Any], device: torch.device) -> Any | None:
    """Return a module of Triton kernels that run on ``device``; None where they do not.

    Args:
        load: Imports the module and returns it.
        device: Where the kernels are to run.
    """
    if device.type != "cuda":
        return None
    try:
        module = load()
        with torch.cuda.device(device):
            module.probe(device)
            torch.cuda.synchronize(device)
    except Exception:
        # Triton reports a missing compiler, driver or feature in a dozen ways of its own.
        return None
    return module
