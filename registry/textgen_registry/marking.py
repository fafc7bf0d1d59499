"""NaN and the infinities in JSON, as ``{"$float": "nan"}``.

The bare words NaN and Infinity are not JSON, and strict readers (PostgreSQL's JSONB, other
languages) refuse them. Knows plain values alone. Keys must be strings; tuples come back as lists.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_MARK = "$float"


def mark(value: Any) -> Any:
    """Return ``value`` with every float that JSON lacks marked."""
    match value:
        case float() if not math.isfinite(value):
            return {_MARK: str(float(value))}
        case Mapping():
            marked = {key: mark(inner) for key, inner in value.items()}
            # A dictionary that already looks like a mark is wrapped, so that it comes back whole.
            return {_MARK: [marked[_MARK]]} if list(marked) == [_MARK] else marked
        case list() | tuple():
            return [mark(inner) for inner in value]
    return value


def unmark(value: Any) -> Any:
    """Return the value that `mark` was given."""
    match value:
        case dict() if list(value) == [_MARK]:
            inner = value[_MARK]
            return {_MARK: unmark(inner[0])} if isinstance(inner, list) else float(inner)
        case dict():
            return {key: unmark(inner) for key, inner in value.items()}
        case list():
            return [unmark(inner) for inner in value]
    return value
