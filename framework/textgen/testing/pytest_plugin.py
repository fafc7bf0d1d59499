"""For pytest: one test per rule of the part that ``@pytest.mark.textgen_part`` names.

    @pytest.mark.textgen_part("model", "gru", hidden_size=8)
    def test_keeps_the_contract(conformance):
        conformance()

It is loaded in every pytest of its environment, so importing it imports no more of textgen than the
two packages that it lies in, which are empty until asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

_MARKER = "textgen_part"
_USE = f'@pytest.mark.{_MARKER}("model", "NAME", option=value)'


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(kind, name, locator=None, **options): the textgen part whose contract the "
        "fixture `conformance` checks, one test per rule; kind is source, tokenizer, model, "
        "sampler or listener",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test per rule, called by the rule's name."""
    marker = metafunc.definition.get_closest_marker(_MARKER)
    if marker is None or "conformance" not in metafunc.fixturenames:
        return
    from textgen.errors import TextgenError
    from textgen.testing import rules_of

    try:
        kind, _ = marker.args
        rules = rules_of(kind)
    except (TextgenError, ValueError) as error:
        raise pytest.Collector.CollectError(f"{_USE}: {error}") from error
    names = [rule.name.replace(" ", "-") for rule in rules]
    metafunc.parametrize("conformance", rules, ids=names, indirect=True)


@pytest.fixture
def conformance(request: pytest.FixtureRequest) -> Callable[[], None]:
    """Try one rule on the part that the test is marked with.

    Returns:
        What tries it: the test fails where the rule is broken, and is skipped where it does not
        apply.
    """
    marker = request.node.get_closest_marker(_MARKER)
    if marker is None:
        pytest.fail(f"mark the test with the part to check: {_USE}", pytrace=False)
    kind, name = marker.args
    return lambda: _try(request.param, kind, name, **marker.kwargs)


def _try(rule: Any, kind: str, name: str, locator: str | None = None, **options: Any) -> None:
    from textgen.errors import TextgenError
    from textgen.testing import subject_of, try_rule

    try:
        subject = subject_of(kind, name, options, locator=locator)
    except TextgenError as error:
        pytest.fail(str(error), pytrace=False)
    outcome = try_rule(rule, subject)
    if outcome.state == "broken":
        pytest.fail(f"{rule.name}: {outcome.message}", pytrace=False)
    if outcome.state == "not applicable":
        pytest.skip(f"{rule.name}: {outcome.message}")
