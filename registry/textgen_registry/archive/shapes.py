"""What values must be like: small checks, put together into those of whole documents.

A check is given a value and where it stands, and raises `ShapeError` with a phrase for people. It
never quotes the value, which may be anything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from textgen.errors import UsageError
from textgen_registry.ids import has_form_of_id
from textgen_registry.marking import MOST_BITS, mark, unmark
from textgen_registry.runs.naming import check_tag
from textgen_registry.runs.points import LARGEST_COUNT

Check = Callable[[Any, str], None]


class ShapeError(ValueError):
    """A value is not what it must be."""


_LATEST_TIME = 250_000_000_000_000_000  # in the year 9892, which calendars can still tell
_MOST_NESTED = 100
_MOST_QUOTED = 40
_SURROGATE = re.compile("[\ud800-\udfff]")
_HEXADECIMAL = frozenset("0123456789abcdef")


def _check(passes: Callable[[Any], bool], what: str) -> Check:
    def check(value: Any, where: str) -> None:
        if not passes(value):
            raise ShapeError(f"{where} is not {what}")

    return check


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not _SURROGATE.search(value)


def whole(largest: int) -> Check:
    """Return a check for whole numbers from 0 to ``largest``."""
    return _check(
        lambda value: type(value) is int and 0 <= value <= largest, f"a whole number to {largest}"
    )


def optional(check: Check) -> Check:
    """Return a check that lets null pass too."""

    def check_unless_null(value: Any, where: str) -> None:
        if value is not None:
            check(value, where)

    return check_unless_null


def one_of(*values: str | int) -> Check:
    """Return a check for some words or numbers."""
    return _check(
        lambda value: type(value) in (str, int) and value in values,
        " or ".join(map(str, values)),
    )


def list_of(check: Check) -> Check:
    """Return a check for a list of what ``check`` lets pass."""

    def check_all(value: Any, where: str) -> None:
        if not isinstance(value, list):
            raise ShapeError(f"{where} is not a list")
        for place, item in enumerate(value):
            check(item, f"{where}[{place}]")

    return check_all


def object_of(fields: Mapping[str, Check]) -> Check:
    """Return a check for objects of exactly these fields."""

    def check_fields(value: Any, where: str) -> None:
        _require_keys(value, fields, where)
        for key, check in fields.items():
            check(value[key], f"{where}.{key}")

    return check_fields


def object_with(check: Check) -> Check:
    """Return a check for objects with any keys, whose values ``check`` lets pass."""

    def check_values(value: Any, where: str) -> None:
        _require_object(value, where)
        for key, item in value.items():
            check(item, f"{where}, {key[:_MOST_QUOTED]!r}")

    return check_values


def _require_object(value: Any, where: str) -> None:
    if not isinstance(value, dict):
        raise ShapeError(f"{where} is not an object")


def _require_keys(value: Any, keys: Collection[str], where: str) -> None:
    _require_object(value, where)
    for key in keys:
        if key not in value:
            raise ShapeError(f"{where} lacks the field {key!r}")
    for key in value:
        if key not in keys:
            raise ShapeError(
                f"{where} has a field that this textgen does not know: {key[:_MOST_QUOTED]!r}"
            )


def is_tag(value: Any, where: str) -> None:
    """Check a tag, which goes by the rules of new ones."""
    text(value, where)
    try:
        check_tag(value)
    except UsageError as error:
        raise ShapeError(f"{where} is not allowed ({str(error).rstrip('.')})") from None


def plain_object(value: Any, where: str) -> None:
    """Check an object of any plain values, in which floats are marked as they should be."""
    _require_object(value, where)
    _check_plain(value, where, _MOST_NESTED)
    try:
        is_marked = mark(unmark(value)) == value and isinstance(unmark(value), dict)
    except (ValueError, TypeError, IndexError, OverflowError):
        is_marked = False
    if not is_marked:
        raise ShapeError(f"{where} holds a {{'$float': …}} that means nothing")


def _check_plain(value: Any, where: str, left: int) -> None:
    if left == 0:
        raise ShapeError(f"{where} is nested more than {_MOST_NESTED} deep")
    match value:
        case dict() | list():
            for item in value.values() if isinstance(value, dict) else value:
                _check_plain(item, where, left - 1)
        case bool():
            return
        case int() if value.bit_length() > MOST_BITS:
            raise ShapeError(f"{where} holds an integer of {value.bit_length():,} bits")
        case float() if not math.isfinite(value):
            raise ShapeError(f"{where} holds a number that is too large")


anything = object_with(lambda value, where: None)
text = _check(_is_text, "text")
identifier = _check(
    lambda value: isinstance(value, str) and has_form_of_id(value) and value == value.lower(),
    "an id",
)
sha256 = _check(
    lambda value: isinstance(value, str) and len(value) == 64 and set(value) <= _HEXADECIMAL,
    "a sha256",
)
count = whole(LARGEST_COUNT)
time = whole(_LATEST_TIME)
real = _check(lambda value: isinstance(value, float), "a number with a decimal point")
