"""Models without memory for their weights: as large as one likes, built at once, never run.

Knows nothing of what is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


@contextmanager
def without_memory() -> Iterator[None]:
    """Have the weights that are made in this context take no memory and hold no numbers."""
    with torch.device("meta"), _Undrawn():
        yield


class _Undrawn(TorchFunctionMode):
    """Draws no weights from a normal distribution.

    Without memory there is nothing to draw, but torch would import its compiler for it, which
    takes a second.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the weights as they are instead of drawing them."""
        named = kwargs or {}
        if func in (nn.init.normal_, Tensor.normal_):
            return [*args, *named.values()][0]
        return func(*args, **named)
