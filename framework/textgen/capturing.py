"""What has to be so for a CUDA graph to be captured, learned before: afterwards is too late.

A capture that fails costs time and leaves the generator of random numbers unusable. So what is to
be captured is first run as it is, on a stream of its own (which also warms up what must not be done
within a capture), with everything refused that waits for the device.
"""

from __future__ import annotations

import gc
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
    try:
        with torch.cuda.stream(stream), _without_waiting():
            yield
    finally:
        torch.cuda.current_stream().wait_stream(stream)


@contextmanager
def captured(
    graph: torch.cuda.CUDAGraph, *, beside: torch.cuda.CUDAGraph | None = None
) -> Iterator[None]:
    """Capture the block into ``graph``.

    Args:
        graph: Empty yet.
        beside: One that never runs at the same time, with which it can share its memory.

    Raises:
        RuntimeError: It cannot be captured.
    """
    # Graphs that are garbage must not be destroyed while another one is being captured.
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        with torch.cuda.graph(graph, pool=None if beside is None else beside.pool()):
            yield
    except RuntimeError:
        _renew_generator()
        raise
    finally:
        if was_enabled:
            gc.enable()


def _renew_generator() -> None:
    """Give the device's generator a state that takes part in no capture."""
    generator = torch.cuda.default_generators[torch.cuda.current_device()]
    generator.graphsafe_set_state(torch.Generator(generator.device).graphsafe_get_state())


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
