"""Nestings of tensors: a model's hidden state, a run's state, in tuples, lists and dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from torch import Tensor


def map_tensors(function: Callable[[Tensor], Tensor], nested: Any) -> Any:
    """Return the same nesting with ``function`` applied to every tensor in it."""
    if isinstance(nested, Tensor):
        return function(nested)
    if isinstance(nested, Mapping):
        return {key: map_tensors(function, value) for key, value in nested.items()}
    if isinstance(nested, list | tuple):
        return type(nested)(map_tensors(function, value) for value in nested)
    return nested


def leaves(nested: Any) -> Iterator[Any]:
    """Yield what a nesting holds, tensors and other values, from left to right."""
    if isinstance(nested, Mapping):
        nested = list(nested.values())
    if isinstance(nested, list | tuple):
        for value in nested:
            yield from leaves(value)
    else:
        yield nested


def copy_tensors(source: Any, target: Any) -> None:
    """Copy the tensors of one nesting into those of another of the same form.

    Raises:
        RuntimeError: The forms or the shapes differ.
    """
    try:
        for new, old in zip(leaves(source), leaves(target), strict=True):
            _copy_leaf(new, old)
    except ValueError as error:
        raise RuntimeError("the state changes its form from step to step") from error


def _copy_leaf(new: Any, old: Any) -> None:
    if isinstance(new, Tensor) and isinstance(old, Tensor) and new.shape == old.shape:
        old.copy_(new)
    elif isinstance(new, Tensor) or isinstance(old, Tensor) or new != old:
        raise ValueError("other shapes or values")


def cast_like(source: Any, pattern: Any) -> Any:
    """Return ``source`` with each tensor in the type that ``pattern`` has in its place."""
    types = iter(leaves(pattern))

    def cast(tensor: Tensor) -> Tensor:
        like = next(leaf for leaf in types if isinstance(leaf, Tensor))
        return tensor.to(like.dtype)

    return map_tensors(cast, source)


def is_plain(nested: Any) -> bool:
    """Whether a nesting is of tensors, None, tuples, lists and dictionaries alone.

    Subclasses such as named tuples are not plain: a checkpoint could not build them again.
    """
    if type(nested) is dict:
        return all(map(is_plain, nested.values()))
    if type(nested) in (list, tuple):
        return all(map(is_plain, nested))
    return nested is None or isinstance(nested, Tensor | bool | int | float | str)
