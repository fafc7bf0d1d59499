"""The log of what was done, by whom and when: added to, never changed.

Knows its table alone. Each event is of a kind, and has a detail of its own:

    created      a run was begun
    resumed      it was gone on with: ``step``
    finished, interrupted, failed
                 it ended: ``step``, ``best_loss``, ``bits_per_char``
    reproduced   it was trained again: ``again``, ``identical``, ``files``, ``sample``,
                 ``figures_differing``, ``losses``
    tagged       ``added``, ``removed``
    noted        ``note``, its id
    renamed      ``from``, ``to``
    deleted      it was put into the trash; of a model: a version was removed, ``before``
    restored     it was taken from the trash: ``name``
    removed      it was removed for good: ``name``
    imported     it came from an archive: ``archived_name``, where it was called otherwise there
    registered   it became a version of a model: ``before``, ``after``
    promoted     an alias was made or moved: ``alias``, ``before``, ``after``
    demoted      an alias was removed: ``alias``, ``before``

Events of models have ``alias``, ``before`` and ``after``, null where they say nothing, and the
version's ``step``, ``best_loss`` and ``bits_per_char``.
"""

from __future__ import annotations

import getpass
import socket
from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import Connection, insert

from textgen_registry.database.schema import event
from textgen_registry.ids import new_id, unique_microseconds

KindOfRun = Literal[
    "created",
    "resumed",
    "finished",
    "interrupted",
    "failed",
    "reproduced",
    "tagged",
    "noted",
    "renamed",
    "deleted",
    "restored",
    "removed",
    "imported",
]
KindOfModel = Literal["registered", "promoted", "demoted", "deleted"]


def author() -> str:
    """Return who is at work: ``user@machine``."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no name for this user's number
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


def log(
    connection: Connection,
    kind: KindOfRun | KindOfModel,
    *,
    run_id: str | None = None,
    model: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down that something was done.

    Args:
        connection: The transaction that does it.
        kind: What was done.
        run_id: To which run.
        model: To which named model.
        detail: Plain JSON values.
    """
    now = unique_microseconds()
    who = {"id": new_id(now), "created": now, "author": author()}
    what = {"kind": kind, "run_id": run_id, "model": model, "detail": detail or {}}
    connection.execute(insert(event).values(**who, **what))
