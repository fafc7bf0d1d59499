"""Which runs are asked for, and in which order.

Knows nothing of what is read of them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, Select, select

from textgen.errors import UsageError
from textgen_registry.database.schema import run
from textgen_registry.query.conditions import condition
from textgen_registry.query.ordering import ordered
from textgen_registry.records import Status
from textgen_registry.runs.points import LARGEST_COUNT
from textgen_registry.runs.presence import IN_TRASH, IS_THERE


def _now() -> int:
    return time.time_ns() // 1000


@dataclass(frozen=True)
class Selection:
    """What is asked for.

    Attributes:
        where: An expression that holds of the runs; None: of any.
        sort: Names to sort by, the first one first; descending with - before it.
        limit: At most so many; None: all.
        status: Only runs that stand so; None: any.
        deleted: Those in the trash instead of those that are not.
        now: What ages count back from, in microseconds since 1970-01-01 UTC.
    """

    where: str | None = None
    sort: Sequence[str] = ()
    limit: int | None = None
    status: Status | None = None
    deleted: bool = False
    now: int = field(default_factory=_now)


def chosen_runs(
    connection: Connection, selection: Selection, status: ColumnElement[str]
) -> Select[tuple[str]]:
    """Return the query for the ids of runs; other columns may be put in their place.

    Args:
        connection: A transaction, to look up which names there are.
        selection: What is asked for.
        status: How a run stands, in place of its column.

    Raises:
        UsageError: The selection makes no sense.
        UnknownNameError: Nothing in the registry has one of its names.
    """
    if selection.limit is not None and not 0 <= selection.limit <= LARGEST_COUNT:
        raise UsageError("limit: it must be a whole number from 0 on. Leave it out to list all.")
    there = IN_TRASH if selection.deleted else IS_THERE
    chosen = select(run.c.id).where(there).limit(selection.limit)
    if selection.status is not None:
        chosen = chosen.where(status == selection.status)
    if selection.where is not None:
        text, now = selection.where, selection.now
        chosen = chosen.where(condition(connection, text, status=status, now=now))
    return ordered(connection, chosen, selection.sort, status=status)
