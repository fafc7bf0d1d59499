"""Checking: a part is tried by the rules of its kind, and each ends in one of three ways."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

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
            from textgen.testing import sources

            return [*sources.RULES]
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
    return [try_rule(rule, subject) for rule in rules_of(subject.kind)]


def try_rule(rule: Rule, subject: Subject | Listener) -> Outcome:
    """Try one rule on a part; whatever the part raises unforeseen breaks the rule."""
    try:
        rule.test(subject)
    except NotApplicable as reason:
        return Outcome(rule, "not applicable", str(reason))
    except BrokenRule as reason:
        return Outcome(rule, "broken", str(reason))
    except (Exception, SystemExit) as error:
        return Outcome(rule, "broken", _told(error, subject.package))
    return Outcome(rule, "kept")


def _told(error: BaseException, package: str) -> str:
    """Return an error's type and message, and where in the plugin's own code it arose."""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    place = _place(error, package)
    return f"{what} ({place})" if place else what


def _place(error: BaseException, package: str) -> str:
    """Return ``file:line`` of the innermost frame of ``package``; empty where there is none."""
    inner = ""
    for frame, line in _frames(error):
        if str(frame.f_globals.get("__name__", "")).partition(".")[0] == package:
            inner = f"{_shown(frame.f_code.co_filename)}:{line}"
    return inner


def _frames(error: BaseException | None) -> Iterator[tuple[FrameType, int]]:
    """Yield the frames that an error came through, those of its causes last."""
    while error is not None:
        yield from traceback.walk_tb(error.__traceback__)
        error = error.__cause__


def _shown(file: str) -> str:
    """Return a path as people say it: from the current folder where that is shorter."""
    path = Path(file)
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else file
