"""What `textgen plugins check` prints: verdicts in columns, each as soon as it is known."""

from __future__ import annotations

from collections.abc import Sequence

from textgen.cli.display import make_console, print_in_columns
from textgen.testing import Outcome, Rule

STATES = ("kept", "broken", "not applicable")


def widths_for(rules: Sequence[Rule]) -> list[int]:
    """Return how wide a margin, states and names are; on a narrow terminal names are folded."""
    names = max(len(rule.name) for rule in rules)
    return [0, max(map(len, STATES)), min(names, make_console().width // 4)]


def print_outcome(outcome: Outcome, widths: Sequence[int]) -> None:
    """Print how trying a rule ended; of a broken one also what it promises."""
    told = outcome.message or outcome.rule.promise
    if outcome.state == "broken":
        told = f"{outcome.rule.promise}. Found: {outcome.message}"
    print_in_columns(["", outcome.state, outcome.rule.name, told], widths)
