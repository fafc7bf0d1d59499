"""Plain values as JSON that any reader takes and any database keeps.

NaN and the infinities survive as ``{"$float": "nan"}``: the bare words are not JSON, and strict
readers (PostgreSQL's JSONB, other languages) refuse them. Negative zero and floats that are written
with an exponent do likewise, for JSONB would make 0 and an integer of them. NUL and lone
surrogates, which JSONB refuses, are `escaped`. Keys must be strings; tuples come back as lists.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

MOST_BITS = 1000  # of an integer: any that a float can come near

_MARK = "$float"
_FIRST_WITH_EXPONENT = 1e16  # 1e+16; the one before is 9999999999999998.0

# What `escaped` escapes, the tail of what it makes, and the whole of that.
_TAIL = r"(?:u005c)*u(?:0000|d[89a-f][0-9a-f]{2})"
_TO_ESCAPE = re.compile(rf"[\x00\ud800-\udfff]|\\(?={_TAIL})")
_ESCAPE = re.compile(rf"\\u(005c(?={_TAIL})|0000|d[89a-f][0-9a-f]{{2}})")


def escaped(text: str) -> str:
    r"""Return ``text`` with NUL and lone surrogates as ``\u0000`` and ``\udcff``.

    What looks like such an escape already has its backslash escaped, so that `unescaped` can tell.
    """
    return _TO_ESCAPE.sub(lambda found: rf"\u{ord(found[0]):04x}", text)


def unescaped(text: str) -> str:
    """Return the text that was given to `escaped`."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if r"\u" in text else text


def mark(value: Any) -> Any:
    """Return ``value`` with everything marked that JSON or JSONB lacks.

    Raises:
        TypeError: It holds something that is no plain value, or an integer of too many digits.
    """
    match value:
        case str():
            return escaped(value)
        case float() if not _is_kept(value):
            return {_MARK: str(float(value))}
        case int() if value.bit_length() > MOST_BITS:
            raise TypeError(f"an integer has {value.bit_length():,} bits, more than {MOST_BITS:,}")
        case None | bool() | int() | float():
            return value
        case Mapping():
            marked = {_marked_key(key): mark(inner) for key, inner in value.items()}
            # A dictionary that already looks like a mark is wrapped, so that it comes back whole.
            return {_MARK: [marked[_MARK]]} if list(marked) == [_MARK] else marked
        case list() | tuple():
            return [mark(inner) for inner in value]
    raise TypeError(f"a value of type {type(value).__name__} is not JSON serializable")


def _marked_key(key: Any) -> Any:
    return escaped(key) if isinstance(key, str) else key


def _is_kept(value: float) -> bool:
    """Tell whether JSONB, which knows decimal numbers alone, keeps a float and that it is one."""
    return abs(value) < _FIRST_WITH_EXPONENT and not (value == 0 and math.copysign(1, value) < 0)


def unmark(value: Any) -> Any:
    """Return the value that `mark` was given."""
    match value:
        case str():
            return unescaped(value)
        case dict() if list(value) == [_MARK]:
            inner = value[_MARK]
            return {_MARK: unmark(inner[0])} if isinstance(inner, list) else float(inner)
        case dict():
            return {unescaped(key): unmark(inner) for key, inner in value.items()}
        case list():
            return [unmark(inner) for inner in value]
    return value
