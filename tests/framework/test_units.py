"""Amounts as messages show them."""

import pytest

from textgen.units import bytes_text, epochs_text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (62_400_000, "62 MB"),
        (9_949_000, "9.9 MB"),
        (9_950_000, "10 MB"),
        (999_700, "1.0 MB"),
        (24_010_883_072, "24 GB"),
        (3.2e15, "3,200 TB"),
    ],
)
def test_an_amount_has_two_digits_and_the_unit_that_fits(amount, text):
    assert bytes_text(amount) == text


@pytest.mark.parametrize(
    ("epochs", "text"),
    [(0, "0.0"), (4.98, "5.0"), (0.06, "0.1"), (0.0067, "0.007"), (1e-5, "1e-05")],
)
def test_small_parts_of_an_epoch_are_not_nothing(epochs, text):
    assert epochs_text(epochs) == text
