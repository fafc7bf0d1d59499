"""A training step as CUDA graphs: recorded once, launched whole ever after.

At the sizes of this framework's models a GPU is done with a kernel before the processor has
launched the next one; a graph launches all kernels of a step at once (CUDA Programming Guide,
"CUDA Graphs"). Before graphs are trusted they must give the losses that plain steps give.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from textgen.capturing import captured, rehearsal
from textgen.data.batches import Batches, Place
from textgen.nesting import copy_tensors, leaves, map_tensors

Update = Callable[[Tensor, Any], Any]
"""Takes the starts of a step's sequences and the carried state; returns the state after them."""

_TRIALS = 3
_TOLERANCE = 1e-2
_MOST_IN_FLIGHT = 8


class Resettable(Protocol):
    """What an update changes, all of it, to be saved and put back in place."""

    def state(self) -> Mapping[str, Any]:
        """Return the state; the tensors are the ones in use."""
        ...

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Put a state back into the tensors that are in use."""
        ...


class _Recorded(NamedTuple):
    graph: torch.cuda.CUDAGraph
    starts: Tensor


class CapturedUpdate:
    """Does what a plain update does, by replaying it.

    There is one graph for each shape of step: with a carried state and without one, and for the
    shorter last step of an epoch of windows.
    """

    def __init__(self, update: Update, batches: Batches) -> None:
        """Take the plain update, and what knows the shapes of its steps."""
        self._update = update
        self._batches = batches
        self._carried: Any = None
        self._graphs: dict[tuple[int, bool], _Recorded] = {}
        self._in_flight: deque[torch.cuda.Event] = deque()

    def prepare(self, changed: Resettable) -> str | None:
        """Record the graphs and try them; leave everything as it was.

        Args:
            changed: What the update changes.

        Returns:
            None; or why plain steps must be taken instead.
        """
        before = map_tensors(Tensor.clone, changed.state())
        places = self._shapes()
        try:
            expected = self._try(self._update, places, changed)
            changed.load_state(before)
            for place in places:
                self._record(place)
            found = self._try(self, places, changed)
        except RuntimeError as error:
            return f"its step cannot be captured ({str(error).splitlines()[0]})"
        finally:
            changed.load_state(before)
        if not math.isclose(expected, found, rel_tol=_TOLERANCE):
            return f"its captured step gives another loss ({found:.5g}, not {expected:.5g})"
        return None

    def __call__(self, starts: Tensor, carried: Any) -> Any:
        """Replay a step."""
        recorded = self._graphs[len(starts), carried is not None]
        if carried is not self._carried and carried is not None:
            copy_tensors(carried, self._carried)
        recorded.starts.copy_(starts)
        recorded.graph.replay()
        self._wait_for_room()
        return self._carried

    def _shapes(self) -> list[Place]:
        """Return the first steps of an epoch and its last: all shapes of steps."""
        last = self._batches.steps_per_epoch - 1
        steps = dict.fromkeys([*range(min(_TRIALS, last + 1)), last])
        return [self._batches.at(step) for step in steps]

    def _try(self, update: Update, places: Sequence[Place], changed: Resettable) -> float:
        """Take a few steps and return the sum of their losses."""
        carried = None
        with rehearsal():
            for place in places:
                carried = update(place.starts, carried if place.continues else None)
                self._adopt(carried)
        loss: Tensor = changed.state()["loss_sum"]
        return loss.item()

    def _adopt(self, carried: Any) -> None:
        """Make room for the carried state, once."""
        if self._carried is None and self._batches.continues:
            if not all(leaf is None or isinstance(leaf, Tensor) for leaf in leaves(carried)):
                raise RuntimeError("its state holds more than tensors")
            self._carried = map_tensors(Tensor.clone, carried)

    def _record(self, place: Place) -> None:
        key = len(place.starts), place.continues
        if key in self._graphs:
            return
        graph, starts = torch.cuda.CUDAGraph(), place.starts.clone()
        first = next(iter(self._graphs.values()), None)
        with captured(graph, beside=first.graph if first else None):
            carried = self._update(starts, self._carried if place.continues else None)
            if self._batches.continues:
                copy_tensors(carried, self._carried)
        self._graphs[key] = _Recorded(graph, starts)

    def _wait_for_room(self) -> None:
        """Stay at most a few steps ahead of the device, so that a stop and the clock mean now."""
        if len(self._in_flight) == _MOST_IN_FLIGHT:
            self._in_flight.popleft().synchronize()
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record()
        self._in_flight.append(event)
