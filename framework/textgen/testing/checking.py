"""Checking: a part is tried by the rules of its kind, and each ends in one of three ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from textgen.blame import told
from textgen.errors import UnknownNameError, nearest
from textgen.testing.rules import BrokenRule, NotApplicable, Rule
from textgen.testing.subjects import KINDS, Listener, Subject

State = Literal["kept", "broken", "not applicable"]


@dataclass(frozen=True)
class Outcome:
    """How trying one rule ended.

    Attributes:
        rule: The rule.
        state: How.
        message: By what the rule is broken, or why it is not applicable; empty where it is kept.
    """

    rule: Rule
    state: State
    message: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return ``rule``, ``promise``, ``state`` and ``message``."""
        return {
            "rule": self.rule.name,
            "promise": self.rule.promise,
            "state": self.state,
            "message": self.message,
        }


def rules_of(kind: str) -> list[Rule]:
    """Return the rules for parts of a kind, in the order in which they are tried.

    Raises:
        UnknownNameError: There is no such kind.
        TextgenError: The rules need a package that is not installed.
    """
    match kind:
        case "source":
            from textgen.testing import shelves, sources

            return [*sources.RULES, *shelves.RULES]
        case "tokenizer":
            from textgen.testing import tokenizers

            return [*tokenizers.RULES]
        case "model":
            from textgen.testing import models, reading, step_decoders, training

            return [*models.RULES, *reading.RULES, *step_decoders.RULES, *training.RULES]
        case "sampler":
            from textgen.testing import samplers

            return [*samplers.RULES]
        case "listener":
            from textgen.testing import listeners

            return [*listeners.RULES]
    raise UnknownNameError(f"no kind of part is called {kind!r}: {nearest(kind, KINDS)}")


def check(subject: Subject | Listener) -> list[Outcome]:
    """Try every rule that there is for a part."""
    return list(outcomes_of(subject))


def outcomes_of(subject: Subject | Listener) -> Iterator[Outcome]:
    """Try the rules that there are for a part, one by one; yield how each ended.

    Once a basic rule is broken, those after it are not tried.
    """
    broken = ""
    for rule in rules_of(subject.kind):
        if broken:
            yield Outcome(rule, "not applicable", f"not tried, since {broken!r} is broken")
            continue
        outcome = try_rule(rule, subject)
        broken = rule.name if rule.basic and outcome.state == "broken" else ""
        yield outcome


def try_rule(rule: Rule, subject: Subject | Listener) -> Outcome:
    """Try one rule on a part; whatever the part raises unforeseen breaks the rule."""
    try:
        rule.test(subject)
    except NotApplicable as reason:
        return Outcome(rule, "not applicable", str(reason))
    except BrokenRule as reason:
        return Outcome(rule, "broken", str(reason))
    except (Exception, SystemExit) as error:
        return Outcome(rule, "broken", told(error, subject.package))
    return Outcome(rule, "kept")
