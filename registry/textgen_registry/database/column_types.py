"""Column types that keep what a database would otherwise lose: NaN, infinities, odd text.

Knows nothing of runs; only of how values cross into SQL and back.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from sqlalchemy import JSON, Dialect, Text
from sqlalchemy.types import TypeDecorator, UserDefinedType

from textgen_registry.marking import mark, unmark


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
    r"""Text in which a lone surrogate is kept as its escape (``\udcff``).

    File names that are not UTF-8, and messages that quote them, hold such surrogates; no database
    stores them, and a run must not be lost for one.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return ``value`` as text that UTF-8 can hold."""
        return None if value is None else value.encode("utf-8", "backslashreplace").decode("utf-8")


class Json(TypeDecorator[Any]):
    """JSON in which NaN and the infinities survive, by `mark`."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Return ``value`` with every float that JSON lacks marked."""
        return mark(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return the value that was stored."""
        return unmark(value)
