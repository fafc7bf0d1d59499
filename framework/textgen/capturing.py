"""What has to be so for a CUDA graph to be captured, learned before: afterwards is too late.

A capture that fails may leave the generator of random numbers unusable until the process ends. So
what is to be captured is first run as it is, on a stream of its own (which also warms up what must
not be done within a capture), with everything refused that waits for the device.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def rehearsal() -> Iterator[None]:
    """Run the block as a graph that is to be captured would run.

    Raises:
        RuntimeError: Something in the block waits for the device.
    """
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream), _without_waiting():
        yield
    torch.cuda.current_stream().wait_stream(stream)


@contextmanager
def _without_waiting() -> Iterator[None]:
    before = torch.cuda.get_sync_debug_mode()
    with warnings.catch_warnings():
        # It warns that it does not notice everything; what it misses fails while it is captured.
        warnings.filterwarnings("ignore", "Synchronization debug mode")
        torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode(before)
