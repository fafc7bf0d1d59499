"""Checkpoints: any nesting of tensors and plain values, as the bytes of one safetensors file.

Tensors are stored as such; what holds them together goes into the file's header as JSON. Nothing
is ever pickled, so a checkpoint from a stranger can be read without running their code.
Format: https://github.com/huggingface/safetensors
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from textgen.errors import TrainingError

BEST = "best.safetensors"
LAST = "last.safetensors"
TOKENIZER = "tokenizer.json"

_STRUCTURE = "textgen"


def pack(value: Any) -> bytes:
    """Return ``value`` as a safetensors file.

    Args:
        value: Tensors, numbers, strings, booleans and None in any nesting of dictionaries (with
            string or integer keys), lists and plain tuples.

    Raises:
        TypeError: Something else is in there.
    """
    tensors: dict[str, Tensor] = {}
    structure = _flatten(value, "", tensors)
    return bytes(safetensors.torch.save(tensors, metadata={_STRUCTURE: json.dumps(structure)}))


def unpack(data: bytes) -> Any:
    """Return what `pack` was given; tensors are on the CPU.

    Raises:
        TrainingError: The bytes are no checkpoint of textgen's.
    """
    try:
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        structure = json.loads(header["__metadata__"][_STRUCTURE])
        return _rebuild(structure, safetensors.torch.load(data))
    except (ValueError, LookupError, TypeError, SafetensorError) as error:
        raise TrainingError(
            f"a checkpoint cannot be read ({error}). It is damaged, or was not written by textgen: "
            "restore the file, or train the run again."
        ) from error


def _flatten(value: Any, path: str, tensors: dict[str, Tensor]) -> Any:
    """Move the tensors of ``value`` into ``tensors``; return what is left, as JSON values."""
    if isinstance(value, Tensor):
        tensors[path] = value.detach().to("cpu", copy=True).contiguous()
        return {"tensor": path}
    if isinstance(value, Mapping):
        items = [[key, _flatten(item, f"{path}/{key}", tensors)] for key, item in value.items()]
        return {"dict": items}
    if type(value) in (list, tuple):
        items = [_flatten(item, f"{path}/{index}", tensors) for index, item in enumerate(value)]
        return {type(value).__name__: items}
    if value is None or isinstance(value, bool | int | float | str):
        return {"value": value}
    raise TypeError(f"a {type(value).__name__} cannot be stored in a checkpoint ({path})")


def _rebuild(structure: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Any:
    ((kind, content),) = structure.items()
    if kind == "tensor":
        return tensors[content]
    if kind == "dict":
        return {key: _rebuild(item, tensors) for key, item in content}
    if kind == "value":
        return content
    items = [_rebuild(item, tensors) for item in content]
    return {"list": list, "tuple": tuple}[kind](items)
