"""What a device or its memory may do to a run at any moment, said so that a user knows a way on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from textgen.errors import PluginError, TrainingError

_NO_MEMORY = ("DefaultCPUAllocator", "alloc_cpu", "out of memory", "ALLOC_FAILED")


@contextmanager
def device_trouble(device: torch.device) -> Iterator[None]:
    """Turn the block's errors of device and memory into ones for people.

    Raises:
        TrainingError: The memory is full, or the device is gone or faulty.
    """
    try:
        yield
    except (RuntimeError, MemoryError, PluginError) as failure:
        error = failure.__cause__ if isinstance(failure, PluginError) else failure
        reason = str(error).split("\n")[0].strip()
        if _is_about_memory(error):
            raise TrainingError(
                f"{device} has not enough memory ({reason or 'none is left'}); the last "
                "checkpoint, if there is one, stands. In training try a smaller --set "
                "training.batch_size, training.sequence_length or model.hidden_size; in writing a "
                "smaller --count."
            ) from error
        if isinstance(error, torch.AcceleratorError):
            raise TrainingError(
                f"{device} failed or is gone ({reason}); the last checkpoint, if there is one, "
                "stands. When the device is back: textgen resume RUN; until then --device cpu."
            ) from error
        raise


def _is_about_memory(error: BaseException | None) -> bool:
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return any(words in str(error) for words in _NO_MEMORY)
