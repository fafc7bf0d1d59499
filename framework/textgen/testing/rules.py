"""Rules: what a part promises, each under a name, and the two verdicts that end one early.

Knows nothing of any kind of part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from textgen.errors import PluginError

Test = Callable[[Any], None]


class BrokenRule(PluginError):  # noqa: N818  a verdict on a part, not a fault of the kit
    """The part breaks the rule; the message says by what."""


class NotApplicable(Exception):  # noqa: N818  likewise
    """The rule says nothing about this part, or cannot be tried here; the message says why."""


@dataclass(frozen=True)
class Rule:
    """One promise.

    Attributes:
        name: What it is called wherever it is reported.
        promise: The promise, in one sentence.
        test: Takes the part and returns if the promise is kept; raises `BrokenRule` or
            `NotApplicable` where it is not.
        basic: Whether the rules after it say nothing while it is broken.
    """

    name: str
    promise: str
    test: Callable[[Any], None]
    basic: bool = False


class RuleBook:
    """The rules of one file, in its order.

    Used as a decorator, it takes a function in: the rule has the function's name, and the first
    line of its docstring is the promise.
    """

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def __call__(self, test: Test) -> Test:
        """Take a rule in."""
        return self._take_in(test)

    def basic(self, test: Test) -> Test:
        """Take in a rule without which those after it say nothing."""
        return self._take_in(test, basic=True)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def _take_in(self, test: Test, *, basic: bool = False) -> Test:
        name = test.__name__.replace("_", " ")
        promise = (test.__doc__ or name).splitlines()[0].rstrip(".")
        self._rules.append(Rule(name, promise, test, basic))
        return test


def require(kept: bool, otherwise: str) -> None:
    """Raise `BrokenRule` with the message ``otherwise`` unless the rule is kept."""
    if not kept:
        raise BrokenRule(otherwise)
