"""Column types that keep what a database would otherwise lose: NaN, infinities, odd text.

Knows nothing of runs; only of how values cross into SQL and back.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import JSON, Dialect, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

_MARK = "$float"
_FIRST_WITH_EXPONENT = 1e16  # 1e+16; the one before is 9999999999999998.0

# What `escaped` escapes, the tail of what it makes, and the whole of that.
_TAIL = r"(?:u005c)*u(?:0000|d[89a-f][0-9a-f]{2})"
_TO_ESCAPE = re.compile(rf"[\x00\ud800-\udfff]|\\(?={_TAIL})")
_ESCAPE = re.compile(rf"\\u(005c(?={_TAIL})|0000|d[89a-f][0-9a-f]{{2}})")


class Real(UserDefinedType[float]):
    """A double that keeps NaN.

    SQLite turns a NaN into NULL, but stores any text in a REAL column as it is. So NaN is written
    as the text ``NaN`` there, which sorts after every number and is less than none, the order
    that PostgreSQL gives its own NaN. Infinities need no help.
    """

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the column's type in SQL."""
        return "DOUBLE PRECISION"

    def bind_processor(self, dialect: Dialect) -> Callable[[float | None], Any] | None:
        """Return what turns a number into what the database is given."""
        return _nan_as_text if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], float | None]:
        """Return what turns a stored value back into a number."""
        return _as_float


def _nan_as_text(value: float | None) -> float | str | None:
    return "NaN" if value is not None and math.isnan(value) else value


def _as_float(value: Any) -> float | None:
    return None if value is None else float(value)


class Words(TypeDecorator[str]):
    r"""Text in which a NUL or a lone surrogate is kept as its escape (``\x00``, ``\udcff``).

    File names that are not UTF-8, and messages that quote them, hold such surrogates; no database
    stores them, PostgreSQL no NUL either, and a run must not be lost for one. Text is sorted and
    compared by code point, whatever the database is set to.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database has for it; SQLite sorts by code point anyway."""
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(Text(collation=collation))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return ``value`` as text that any database can hold."""
        return None if value is None else _readable(value).replace("\x00", r"\x00")


class Prose(Words):
    """Text that comes back with every NUL that it had: what a model wrote, and continued.

    Slower to read than `Words`, which listings are made of.
    """

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return ``value`` as text that any database can hold."""
        return None if value is None else escaped(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text that was stored; a lone surrogate is still its escape."""
        return None if value is None else _readable(unescaped(value))


class Json(TypeDecorator[Any]):
    """JSON that comes back as it was, whatever numbers and characters it holds.

    NaN and the infinities survive as ``{"$float": "nan"}``: the bare words are not JSON, and
    strict readers (PostgreSQL's JSONB, other languages) refuse them. Negative zero and floats that
    are written with an exponent do likewise, for JSONB would make 0 and an integer of them. NUL
    and lone surrogates, which JSONB refuses, are `escaped`. Keys must be strings; tuples come back
    as lists, and JSONB keeps no order of keys.
    """

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database has for it."""
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Return ``value`` with everything marked that JSON or JSONB lacks."""
        return _mark(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return the value that was stored."""
        return _unmark(value)


def escaped(text: str) -> str:
    r"""Return ``text`` with NUL and lone surrogates as ``\u0000`` and ``\udcff``.

    What looks like such an escape already has its backslash escaped, so that `unescaped` can tell.
    """
    return _TO_ESCAPE.sub(lambda found: rf"\u{ord(found[0]):04x}", text)


def unescaped(text: str) -> str:
    """Return the text that was given to `escaped`."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if r"\u" in text else text


def _readable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _mark(value: Any) -> Any:
    match value:
        case str():
            return escaped(value)
        case float() if not _is_kept(value):
            return {_MARK: str(float(value))}
        case None | bool() | int() | float():
            return value
        case Mapping():
            marked = {_marked_key(key): _mark(inner) for key, inner in value.items()}
            # A dictionary that already looks like a mark is wrapped, so that it comes back whole.
            return {_MARK: [marked[_MARK]]} if list(marked) == [_MARK] else marked
        case list() | tuple():
            return [_mark(inner) for inner in value]
    raise TypeError(f"a value of type {type(value).__name__} is not JSON serializable")


def _marked_key(key: Any) -> Any:
    return escaped(key) if isinstance(key, str) else key


def _is_kept(value: float) -> bool:
    """Tell whether JSONB, which knows decimal numbers alone, keeps a float and that it is one."""
    return abs(value) < _FIRST_WITH_EXPONENT and not (value == 0 and math.copysign(1, value) < 0)


def _unmark(value: Any) -> Any:
    match value:
        case str():
            return unescaped(value)
        case dict() if list(value) == [_MARK]:
            inner = value[_MARK]
            return {_MARK: _unmark(inner[0])} if isinstance(inner, list) else float(inner)
        case dict():
            return {unescaped(key): _unmark(inner) for key, inner in value.items()}
        case list():
            return [_unmark(inner) for inner in value]
    return value
