"""The conformance kit: what plugin authors run to know that a part keeps the contract.

Each promise of the contract is a rule with a name. `check` tries all rules of a part; with pytest,
the marker ``textgen_part`` makes one test of each (`textgen.testing.pytest_plugin`); without it,
``textgen plugins check`` prints them. The names below are the public ones, imported when used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOMES = {
    "BrokenRule": "rules",
    "Listener": "subjects",
    "NotApplicable": "rules",
    "Outcome": "checking",
    "Rule": "rules",
    "Subject": "subjects",
    "check": "checking",
    "outcomes_of": "checking",
    "rules_of": "checking",
    "subject_of": "subjects",
    "try_rule": "checking",
}

__all__ = [
    "BrokenRule",
    "Listener",
    "NotApplicable",
    "Outcome",
    "Rule",
    "Subject",
    "check",
    "outcomes_of",
    "rules_of",
    "subject_of",
    "try_rule",
]

if TYPE_CHECKING:
    from textgen.testing.checking import Outcome, check, outcomes_of, rules_of, try_rule
    from textgen.testing.rules import BrokenRule, NotApplicable, Rule
    from textgen.testing.subjects import Listener, Subject, subject_of


def __getattr__(name: str) -> Any:
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module 'textgen.testing' has no attribute {name!r}") from None
    return getattr(import_module(f"textgen.testing.{home}"), name)


def __dir__() -> list[str]:
    return list(__all__)
