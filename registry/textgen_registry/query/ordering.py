"""The order of runs: ``-created`` is the newest first.

Numbers come before NaN, and any value before none, in either direction.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, literal

from textgen.errors import UsageError
from textgen_registry.database.column_types import Real
from textgen_registry.database.schema import run
from textgen_registry.query.names import Field, field_named
from textgen_registry.runs.presence import NEWEST_FIRST

MOST_NAMES = 10


def ordered(
    connection: Connection,
    chosen: Select[Any],
    sort: Sequence[str],
    *,
    status: ColumnElement[str],
) -> Select[Any]:
    """Return a selection of runs in an order; runs alike in it, the newest first.

    Args:
        connection: A transaction, to look up which names there are.
        chosen: The selection.
        sort: Names, or several with commas between them; with - before it, one is descending.
        status: How a run stands, in place of its column.

    Raises:
        UsageError: There are too many names, or runs have several values of one.
        UnknownNameError: Nothing in the registry has one of the names.
    """
    names = list(_names(sort))
    if len(names) > MOST_NAMES:
        raise UsageError(f"sort: {len(names)} names are too many; say at most {MOST_NAMES}.")
    for name in names:
        chosen = _sorted(chosen, field_named(connection, name.removeprefix("-")), name, status)
    return chosen.order_by(*NEWEST_FIRST)


def _names(sort: Iterable[str]) -> Iterator[str]:
    for text in [sort] if isinstance(sort, str) else sort:
        yield from filter(None, (name.strip() for name in text.split(",")))


def _sorted(
    chosen: Select[Any], field: Field, name: str, status: ColumnElement[str]
) -> Select[Any]:
    if field.kind == "words":
        raise UsageError(f"sort: a run has any number of {field.name}. Sort by another name.")
    if field.table is run:
        column = status if field.kind == "status" else field.value
        return chosen.order_by(*_keys(field, run, column, name))
    values = field.table.alias()
    joined = chosen.outerjoin(values, field.rows(values))
    return joined.order_by(*_keys(field, values, values.c[field.column], name))


def _keys(
    field: Field, table: FromClause, column: ColumnElement[Any], name: str
) -> Iterator[ColumnElement[Any]]:
    if field.kind == "setting":
        yield from _numbers(table.c.number, name)
    if field.kind == "number":
        yield from _numbers(column, name)
    else:
        yield column.is_(None)
        yield _directed(column, name)


def _numbers(column: ColumnElement[Any], name: str) -> Iterator[ColumnElement[Any]]:
    yield column.is_(None)
    yield column == literal(math.nan, Real())
    yield _directed(column, name)


def _directed(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return column.desc() if name.startswith("-") else column.asc()
