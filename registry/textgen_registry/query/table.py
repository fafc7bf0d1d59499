"""Any values of any runs, row by row: what a table of them shows.

Knows nothing of how it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select

from textgen.errors import UsageError
from textgen_registry.database.schema import run
from textgen_registry.query.names import Field, field_named, known_names
from textgen_registry.query.selection import Selection, chosen_runs
from textgen_registry.runs.leases import read_with_lost
from textgen_registry.runs.queries import read_columns, status_seen, words_of
from textgen_registry.store import Registry

MOST_COLUMNS = 50


def tabulate(
    registry: Registry,
    columns: Sequence[str],
    *,
    where: str | None = None,
    sort: Sequence[str] = (),
    limit: int | None = None,
    deleted: bool = False,
) -> list[tuple[Any, ...]]:
    """Return values of runs, one tuple for each run, one value for each column.

    Times are microseconds since 1970-01-01 UTC, tags and notes are tuples of strings, and what a
    run lacks is None.

    Args:
        registry: Where the runs are.
        columns: Names as in an expression: "id", "model.hidden_size", "lowest.validation_loss".
        where: An expression that holds of the runs; None: of any.
        sort: Names to sort by, the first one first; descending with - before it.
        limit: At most so many; None: all.
        deleted: Those in the trash instead of those that are not.

    Raises:
        UsageError: Something that was given makes no sense.
        UnknownNameError: Nothing in the registry has one of the names.
    """
    if len(columns) > MOST_COLUMNS:
        raise UsageError(f"columns: {len(columns)} are too many; name at most {MOST_COLUMNS}.")
    registry.flush()
    selection = Selection(where=where, sort=sort, limit=limit, deleted=deleted)

    def read(connection: Connection, lost: Set[str]) -> list[tuple[Any, ...]]:
        status = status_seen(lost)
        fields = [field_named(connection, name) for name in columns]
        chosen = chosen_runs(connection, selection, status)
        return _rows(connection, chosen, fields, status)

    return read_with_lost(registry.database, read)


def names_in(registry: Registry) -> list[str]:
    """Return every name that stands for something in a registry."""
    return registry.database.read(lambda connection: list(known_names(connection)))


def _rows(
    connection: Connection,
    chosen: Select[Any],
    fields: Sequence[Field],
    status: ColumnElement[str],
) -> list[tuple[Any, ...]]:
    whole: Select[Any] = chosen
    wanted: list[ColumnElement[Any]] = [run.c.id]
    for field in fields:
        whole, values = _with(whole, field, status)
        wanted += values
    ids, *rest = read_columns(connection, whole.with_only_columns(*wanted))
    read = iter(rest)
    words = {field: words_of(connection, field.value, ids) for field in fields if _many(field)}
    return list(zip(*(_values(field, ids, read, words) for field in fields), strict=True))


def _with(
    chosen: Select[Any], field: Field, status: ColumnElement[str]
) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    """Return the query with what holds a field's values, and the columns to read of it."""
    if _many(field):
        return chosen, []
    if field.table is run:
        return chosen, [status if field.kind == "status" else field.value]
    table = field.table.alias()
    columns = [field.column, "number"] if field.kind == "setting" else [field.column]
    return chosen.outerjoin(table, field.rows(table)), [table.c[name] for name in columns]


def _values(
    field: Field,
    ids: Iterable[str],
    read: Iterator[Sequence[Any]],
    words: Mapping[Field, Mapping[str, tuple[str, ...]]],
) -> Iterable[Any]:
    if _many(field):
        return [words[field].get(run_id, ()) for run_id in ids]
    if field.kind == "setting":
        return map(_setting, next(read), next(read))
    return next(read)


def _setting(text: str | None, number: float | None) -> Any:
    """Return a setting as it was configured, as far as it is a number."""
    if number is None or text is None:
        return text
    return int(text) if text.lstrip("-").isdecimal() else number


def _many(field: Field) -> bool:
    return field.kind == "words"
