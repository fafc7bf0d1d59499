"""Checkpoints: what goes in comes out, bit for bit, and nothing is unpickled."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from textgen.errors import TrainingError
from textgen.training.checkpoints import pack, unpack

plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
tensors = st.sampled_from(
    [
        torch.tensor([[1.5, float("nan")], [float("inf"), -0.0]]),
        torch.tensor(7),
        torch.empty(0, 3),
        torch.tensor([1, 255], dtype=torch.uint8),
        torch.ones(2, 2, dtype=torch.bfloat16),
    ]
)
nested = st.recursive(
    plain | tensors,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(0, 9), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(one, other):
    if type(one) is not type(other):
        return False
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and torch.equal(
            one.reshape(-1).view(torch.uint8) if one.numel() else one.reshape(-1),
            other.reshape(-1).view(torch.uint8) if other.numel() else other.reshape(-1),
        )
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return repr(one) == repr(other)


@given(nested)
def test_any_nesting_round_trips(value):
    assert same(unpack(pack(value)), value)


def test_a_view_and_a_shared_tensor_are_stored_by_value():
    whole = torch.arange(6.0).reshape(2, 3)
    stored = unpack(pack({"column": whole[:, 1], "whole": whole, "again": whole}))
    assert stored["column"].tolist() == [1.0, 4.0]
    assert torch.equal(stored["again"], whole)


def test_what_cannot_be_stored_is_refused():
    with pytest.raises(TypeError, match="object"):
        pack({"a": object()})


@pytest.mark.parametrize(
    "damage", [b"", b"\0" * 40, b"PK\x03\x04", pack({"a": torch.ones(9)})[:-5]]
)
def test_damaged_bytes_are_an_error_of_ours(damage):
    with pytest.raises(TrainingError, match="cannot be read"):
        unpack(damage)
