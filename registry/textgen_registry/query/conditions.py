"""From a tree to a condition on the table of runs.

What was written becomes bound parameters, never SQL. Each comparison is true or false, of a run
that has no such value false; so is what is made of them, and NULL is met nowhere.
"""

from __future__ import annotations

import math
from operator import eq, ge, gt, le, lt, ne
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, and_, literal, not_, or_

from textgen.errors import UnknownNameError, UsageError, nearest
from textgen_registry.database.column_types import Real
from textgen_registry.database.schema import setting
from textgen_registry.query.language import (
    And,
    Comparison,
    Not,
    Operator,
    Or,
    Tree,
    Value,
    parse_where,
)
from textgen_registry.query.literals import Span, is_none, number, span
from textgen_registry.query.names import Field, field_named
from textgen_registry.query.pointing import pointed
from textgen_registry.records import Status

Condition = ColumnElement[bool]

_COMPARE = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_EQUALITY = ("=", "!=")
_FOR_TEXT = (*_EQUALITY, "~")


def condition(
    connection: Connection, text: str, *, status: ColumnElement[str], now: int
) -> Condition:
    """Return what an expression says of the table of runs.

    Args:
        connection: A transaction, to look up which names there are.
        text: The expression.
        status: How a run stands, in place of its column.
        now: What ages count back from, in microseconds since 1970-01-01 UTC.

    Raises:
        UsageError: It is no expression, or compares what cannot be compared; shows where.
        UnknownNameError: Nothing in the registry has one of its names; shows where.
    """
    return _Conditions(connection, text, status, now).of(parse_where(text))


class _Conditions:
    def __init__(
        self, connection: Connection, text: str, status: ColumnElement[str], now: int
    ) -> None:
        self._connection = connection
        self._text = text
        self._status = status
        self._now = now
        self._fields: dict[str, Field] = {}

    def of(self, tree: Tree) -> Condition:
        match tree:
            case And(parts):
                return and_(*map(self.of, parts))
            case Or(parts):
                return or_(*map(self.of, parts))
            case Not(part):
                return not_(self.of(part))
            case Comparison():
                return self._comparison(self._field(tree), tree.operator, tree.value)

    def _field(self, tree: Comparison) -> Field:
        try:
            if tree.name not in self._fields:
                self._fields[tree.name] = field_named(self._connection, tree.name)
        except UnknownNameError as error:
            raise pointed(UnknownNameError, self._text, tree.place, str(error)) from None
        return self._fields[tree.name]

    def _comparison(self, field: Field, operator: Operator, value: Value) -> Condition:
        if is_none(value):
            return self._presence(field, operator, value)
        match field.kind:
            case "number":
                return field.holds(self._number(field, operator, value))
            case "time":
                return field.holds(self._time(field, operator, value))
            case "setting":
                return field.holds(self._setting(field, operator, value))
            case "words":
                self._require(operator, ("=", "~"), value, f"{field.name}, several words,")
                return field.holds(_texts(field.value, operator, value))
            case "status":
                self._require_status(operator, value)
                return self._text_of(field, self._status, operator, value)
        return self._text_of(field, field.value, operator, value)

    def _presence(self, field: Field, operator: Operator, value: Value) -> Condition:
        self._require(operator, _EQUALITY, value, "whether there is a value")
        return not_(field.holds()) if operator == "=" else field.holds()

    def _number(self, field: Field, operator: Operator, value: Value) -> Condition:
        given = number(value)
        if given is None:
            raise self._wrong(value, f"{field.name} is a number, and {_shown(value)} is none")
        self._require_comparable(field, operator, value, given)
        return _numbers(field.value, operator, given)

    def _require_comparable(
        self, field: Field, operator: Operator, value: Value, given: float
    ) -> None:
        allowed = _EQUALITY if math.isnan(given) else tuple(_COMPARE)
        what = "whether a number is nan" if math.isnan(given) else f"{field.name}, a number,"
        self._require(operator, allowed, value, what)

    def _time(self, field: Field, operator: Operator, value: Value) -> Condition:
        given = span(value, self._now)
        if given is None:
            raise self._wrong(
                value,
                f"{field.name} is a time, and {_shown(value)} is none: write 2026-10-01, "
                "2026-10-01T12:30, or -7d for seven days ago (s, m, h, d, w)",
            )
        self._require(operator, tuple(_COMPARE), value, f"{field.name}, a time,")
        return _times(field.value, operator, given)

    def _setting(self, field: Field, operator: Operator, value: Value) -> Condition:
        """Compare as numbers where both are, as text where the setting is text."""
        given = number(value)
        if operator == "~":
            return _texts(setting.c.text, operator, value)
        if operator in _EQUALITY:
            as_text = _texts(setting.c.text, operator, value)
            if given is None:
                return as_text
            as_number = _numbers(setting.c.number, operator, given)
            return or_(as_number, and_(setting.c.number.is_(None), as_text))
        if given is None:
            raise self._wrong(value, f"{operator} compares numbers, and {_shown(value)} is none")
        self._require_comparable(field, operator, value, given)
        return _numbers(setting.c.number, operator, given)

    def _text_of(
        self, field: Field, column: ColumnElement[str], operator: Operator, value: Value
    ) -> Condition:
        self._require(operator, _FOR_TEXT, value, f"{field.name}, a text,")
        return field.holds(_texts(column, operator, value))

    def _require_status(self, operator: Operator, value: Value) -> None:
        known = get_args(Status)
        if operator in _EQUALITY and value.text not in known:
            hint = nearest(value.text, known)
            raise self._wrong(value, f"{_shown(value)} is no status: {hint}")

    def _require(
        self, operator: Operator, allowed: tuple[str, ...], value: Value, what: str
    ) -> None:
        if operator not in allowed:
            raise self._wrong(value, f"{what} can be asked by {' '.join(allowed)} only")

    def _wrong(self, at: Value, what: str) -> UsageError:
        return pointed(UsageError, self._text, at.place, what)


def _numbers(column: ColumnElement[Any], operator: Operator, given: float) -> Condition:
    """Compare numbers, of which NaN is equal to itself and neither above nor below any.

    The database holds it to be above all.
    """
    compared: Condition = _COMPARE[operator](column, literal(given, Real()))
    if operator in (">", ">="):
        return and_(compared, column != literal(math.nan, Real()))
    return compared


def _times(column: ColumnElement[int], operator: Operator, given: Span) -> Condition:
    """Compare with a stretch of time: what is equal lies within, what is less before it."""
    match operator:
        case "=":
            return and_(column >= given.start, column < given.end)
        case "!=":
            return or_(column < given.start, column >= given.end)
        case "<":
            return column < given.start
        case "<=":
            return column < given.end
        case ">":
            return column >= given.end
    return column >= given.start


def _texts(column: ColumnElement[str], operator: Operator, value: Value) -> Condition:
    if operator == "~":
        return column.icontains(value.text, autoescape=True)
    compared: Condition = _COMPARE[operator](column, value.text)
    return compared


def _shown(value: Value) -> str:
    return repr(value.text[:40])
