"""From text to a tree: ``bits_per_char < 2 and (model = 'gru' or not tag:old)``.

    expression = conjunction { "or" conjunction }
    conjunction = condition { "and" condition }
    condition = "not" condition | "(" expression ")" | "tag:" value | name operator value
    operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~"

Knows neither which names there are, nor what a value has to be, nor SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NoReturn, cast

from textgen.errors import UsageError
from textgen_registry.query.pointing import pointed
from textgen_registry.query.words import Word, split

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~"]

MOST_COMPARISONS = 200
DEEPEST = 50
TAGS = "tags"

_KEYWORDS = frozenset({"and", "or", "not"})
_TAG = "tag:"


@dataclass(frozen=True)
class Value:
    """What something is compared with, as it was written.

    Attributes:
        text: Without quotes.
        quoted: Whether it stood in quotes, and so is text whatever it looks like.
        place: Where it stood.
    """

    text: str
    quoted: bool
    place: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Comparison:
    """A name, how it is compared, and with what."""

    name: str
    operator: Operator
    value: Value
    place: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Not:
    """What must not hold."""

    of: Tree


@dataclass(frozen=True)
class And:
    """What must all hold, two at least."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True)
class Or:
    """Of what one must hold, two at least."""

    parts: tuple[Tree, ...]


Tree = Comparison | Not | And | Or


def parse_where(text: str) -> Tree:
    """Return the tree of an expression.

    Raises:
        UsageError: It is none; shows where.
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._words = split(text)
        self._next = next(self._words)
        self._comparisons = 0
        self._depth = 0

    def whole(self) -> Tree:
        tree = self._either()
        if self._next.kind != "end":
            self._refuse("'and', 'or' or the end")
        return tree

    def _either(self) -> Tree:
        parts = self._joined("or", self._both)
        return parts[0] if len(parts) == 1 else Or(parts)

    def _both(self) -> Tree:
        parts = self._joined("and", self._condition)
        return parts[0] if len(parts) == 1 else And(parts)

    def _joined(self, keyword: str, part: Callable[[], Tree]) -> tuple[Tree, ...]:
        parts = [part()]
        while _is(self._next, keyword):
            self._take()
            parts.append(part())
        return tuple(parts)

    def _condition(self) -> Tree:
        if _is(self._next, "not"):
            return self._deeper(lambda: Not(self._condition()))
        if self._next.kind == "bracket" and self._next.text == "(":
            return self._deeper(self._in_brackets)
        return self._comparison()

    def _deeper(self, rest: Callable[[], Tree]) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            self._fail(f"at most {DEEPEST} brackets and 'not' may stand within each other")
        self._take()
        tree = rest()
        self._depth -= 1
        return tree

    def _in_brackets(self) -> Tree:
        tree = self._either()
        if self._next.text != ")" or self._next.kind != "bracket":
            self._refuse("'and', 'or' or ')'")
        self._take()
        return tree

    def _comparison(self) -> Tree:
        self._comparisons += 1
        if self._comparisons > MOST_COMPARISONS:
            self._fail(f"at most {MOST_COMPARISONS} comparisons are made")
        name = self._next
        if name.kind == "word" and name.text.startswith(_TAG):
            return self._tagged()
        if not _can_be_named(name):
            self._refuse("a name, 'not' or '('")
        self._take()
        if self._next.kind != "operator":
            self._refuse("= != < <= > >= or ~")
        operator = cast(Operator, self._take().text)
        return Comparison(name.text, operator, self._value("a value"), name.place)

    def _tagged(self) -> Comparison:
        word = self._take()
        tag = word.text.removeprefix(_TAG)
        place = word.place + len(_TAG)
        value = Value(tag, True, place) if tag else self._value("a tag")
        return Comparison(TAGS, "=", Value(value.text, True, value.place), word.place)

    def _value(self, what: str) -> Value:
        if not _can_be_named(self._next):
            self._refuse(what)
        word = self._take()
        return Value(word.text, word.kind == "string", word.place)

    def _take(self) -> Word:
        taken, self._next = self._next, next(self._words, self._next)
        return taken

    def _refuse(self, expected: str) -> NoReturn:
        self._fail(f"expected {expected} here")

    def _fail(self, what: str) -> NoReturn:
        raise pointed(UsageError, self._text, self._next.place, what)


def _is(word: Word, keyword: str) -> bool:
    return word.kind == "word" and word.text.lower() == keyword


def _can_be_named(word: Word) -> bool:
    is_keyword = word.kind == "word" and word.text.lower() in _KEYWORDS
    return word.kind in ("word", "string") and not is_keyword
