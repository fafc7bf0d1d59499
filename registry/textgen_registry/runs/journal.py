"""The log of what was done, by whom and when: added to, never changed.

Knows its table alone.
"""

from __future__ import annotations

import getpass
import socket
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from textgen_registry.database.schema import event
from textgen_registry.ids import new_id, unique_microseconds


def author() -> str:
    """Return who is at work: ``user@machine``."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no name for this user's number
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


def log(
    connection: Connection,
    kind: str,
    *,
    run_id: str | None = None,
    model: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down that something was done.

    Args:
        connection: The transaction that does it.
        kind: What was done: "created", "resumed", "tagged", "promoted", ….
        run_id: To which run.
        model: To which named model.
        detail: Plain JSON values.
    """
    now = unique_microseconds()
    who = {"id": new_id(now), "created": now, "author": author()}
    what = {"kind": kind, "run_id": run_id, "model": model, "detail": detail or {}}
    connection.execute(insert(event).values(**who, **what))
