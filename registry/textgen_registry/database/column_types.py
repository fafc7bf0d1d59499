"""Column types that keep what a database would otherwise lose: NaN, infinities, odd text.

Knows nothing of runs; only of how values cross into SQL and back.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from sqlalchemy import JSON, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from textgen_registry.marking import escaped, mark, unescaped, unmark


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
        return None if value is None else kept_words(value)


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
    """JSON that comes back as it was, whatever numbers and characters it holds, by `mark`.

    JSONB, which a server keeps it as, has no order of keys.
    """

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database has for it."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Return ``value`` with everything marked that JSON or JSONB lacks."""
        return mark(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return the value that was stored."""
        return unmark(value)


def kept_words(text: str) -> str:
    """Return text as a column of `Words` gives it back."""
    return _readable(text).replace("\x00", r"\x00")


def _readable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
