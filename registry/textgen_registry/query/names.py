"""What the names in an expression stand for: columns of a run, its settings, figures and words.

Knows the tables, nothing of what is asked of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Table,
    and_,
    exists,
    literal,
    select,
)

from textgen.errors import UnknownNameError, nearest
from textgen_registry.database.schema import figure, note, run, setting, tag
from textgen_registry.query.language import TAGS

# A setting is a number or text, in each run as it may be; words are several texts.
Kind = Literal["text", "status", "number", "time", "setting", "words"]

COLUMNS: dict[str, Kind] = {
    "id": "text",
    "name": "text",
    "status": "status",
    "created": "time",
    "started": "time",
    "finished": "time",
    "deleted": "time",
    "source": "text",
    "tokenizer": "text",
    "model": "text",
    "sampler": "text",
    "step": "number",
    "best_loss": "number",
    "bits_per_char": "number",
}
NOTES = "notes"
FIGURES = {"metric": "last", "lowest": "lowest", "highest": "highest"}
KNOWN = (*COLUMNS, TAGS, NOTES)

_LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Field:
    """What a name stands for.

    Attributes:
        name: The name.
        kind: What its values are.
        table: Where they are.
        column: Which of its columns they are.
        key: In which rows of a run: those that hold it beside the run's id; None: in all.
    """

    name: str
    kind: Kind
    table: Table
    column: str
    key: str | None = None

    @property
    def value(self) -> Column[Any]:
        """The values."""
        return self.table.c[self.column]

    def rows(self, table: FromClause) -> ColumnElement[bool]:
        """Return which rows of its table, or of an alias of that, are a run's."""
        of_run: ColumnElement[bool] = table.c.run_id == run.c.id
        return of_run if self.key is None else and_(of_run, _key(table) == self.key)

    def holds(self, condition: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
        """Return that a run has a value here, of which a condition on `value` is true.

        It is itself true or false and never NULL, whatever the condition is of nothing.
        """
        is_there: ColumnElement[bool] = self.value.is_not(None)
        true = is_there if condition is None else and_(is_there, condition)
        if self.table is run:
            return true
        return exists(select(literal(1)).where(self.rows(self.table), true).correlate(run))


def field_named(connection: Connection, name: str) -> Field:
    """Return what a name stands for.

    A registry that holds no settings or figures at all knows any.

    Raises:
        UnknownNameError: Nothing in the registry has the name; says the nearest.
    """
    if name in COLUMNS:
        return Field(name, COLUMNS[name], run, name)
    if name in (TAGS, NOTES):
        return Field(name, "words", *((tag, "tag") if name == TAGS else (note, "text")))
    prefix, _, rest = name.partition(".")
    if prefix in FIGURES:
        field = Field(name, "number", figure, FIGURES[prefix], rest)
    else:
        field = Field(name, "setting", setting, "text", name)
    if not _has(connection, field):
        raise _unknown(connection, name)
    return field


def known_names(connection: Connection) -> Iterator[str]:
    """Yield every name that stands for something in the registry."""
    yield from KNOWN
    yield from connection.scalars(select(setting.c.key).distinct())
    figures = connection.scalars(select(figure.c.name).distinct()).all()
    yield from (f"{prefix}.{name}" for prefix in FIGURES for name in figures)


def _key(table: FromClause) -> ColumnElement[str]:
    return table.c.key if "key" in table.c else table.c.name


def _has(connection: Connection, field: Field) -> bool:
    any_row = select(literal(1)).select_from(field.table).limit(1)
    if connection.scalar(any_row.where(_key(field.table) == field.key)):
        return True
    return not connection.scalar(any_row)


def _unknown(connection: Connection, name: str) -> UnknownNameError:
    shown = repr(name) if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]!r}…"
    return UnknownNameError(f"no run here has {shown}: {_hint(name, known_names(connection))}")


def _hint(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name[:_LONGEST_SHOWN], set(known), n=1, cutoff=0.5)
    if close:
        return nearest(name, close)
    return (
        f"known are {', '.join(KNOWN)}, settings such as model.hidden_size, and of each metric "
        "metric.NAME, lowest.NAME and highest.NAME."
    )
