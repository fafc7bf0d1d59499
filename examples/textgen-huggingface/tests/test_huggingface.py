"""The source of this package, by itself."""

import pytest


@pytest.mark.textgen_part("source", "hf", locator="tests/stories")
def test_keeps_the_contract(conformance):
    conformance()
