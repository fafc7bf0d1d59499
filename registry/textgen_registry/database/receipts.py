"""Exactly once: what a transaction wrote is known to be stored, also where nobody said so.

A server can store a transaction and go away, or the network with it, before it answers. So each
transaction leaves a receipt with what it wrote; whoever got no answer looks for that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import Connection, delete, insert, select

from textgen_registry.database import schema
from textgen_registry.ids import new_id, unique_microseconds

T = TypeVar("T")

# Longer than anybody looks for one, and than clocks are apart.
_KEPT_MICROSECONDS = 3_600_000_000


class Receipt(Generic[T]):
    """That one piece of work was stored, and what it returned."""

    def __init__(self) -> None:
        now = unique_microseconds()
        self._id = new_id(now)
        self._too_old = new_id(now - _KEPT_MICROSECONDS)
        self._returned: list[T] = []

    def once(self, connection: Connection, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns; do it only if an earlier transaction did not store it."""
        if self._returned and self._is_stored(connection):
            return self._returned[0]
        self._returned = [work(connection)]
        connection.execute(delete(schema.receipt).where(schema.receipt.c.id < self._too_old))
        connection.execute(insert(schema.receipt).values(id=self._id))
        return self._returned[0]

    def _is_stored(self, connection: Connection) -> bool:
        mine = select(schema.receipt.c.id).where(schema.receipt.c.id == self._id)
        return connection.scalar(mine) is not None
