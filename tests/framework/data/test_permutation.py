"""A shuffled order without a list of it: every number once, evenly spread, the same anywhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgen.data.permutation import Permutation


@given(size=st.integers(1, 3000), seed=st.integers(0, 2**63 - 1))
def test_every_number_stands_at_one_place(size, seed):
    order = Permutation(size, seed)[np.arange(size)]
    assert np.array_equal(np.sort(order), np.arange(size))


def test_a_billion_numbers_are_as_quick_to_ask_for_as_a_hundred():
    order = Permutation(10**9, 5)
    found = order[np.array([0, 999_999_999, 12_345])]
    assert len(set(found.tolist())) == 3
    assert ((found >= 0) & (found < 10**9)).all()


def test_an_order_is_the_same_in_every_version_and_on_every_machine():
    """A run that is trained again must read the same windows: these numbers must not change."""
    assert Permutation(1000, 7)[np.arange(6)].tolist() == [0, 969, 853, 619, 834, 375]


@pytest.mark.parametrize("size", [97, 1000, 4097])
def test_orders_look_drawn_by_chance(size):
    """Fixed points, neighbours that stay neighbours and the mean at each place are as expected."""
    orders = np.array([Permutation(size, seed)[np.arange(size)] for seed in range(400)])
    fixed = (orders == np.arange(size)).sum(axis=1).mean()
    assert fixed == pytest.approx(1.0, abs=0.25)
    together = (np.diff(orders, axis=1) == 1).sum(axis=1).mean()
    assert together == pytest.approx(1.0, abs=0.25)
    deviation = size / np.sqrt(12 * 400)
    assert np.abs(orders.mean(axis=0) - (size - 1) / 2).max() < 5 * deviation
