"""Removes a run for good: its rows first, then the files that nothing else needs, then its lock.

In that order a crash leaves files that nobody names, which the next collection removes; in the
other it would leave a run that names files which are not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from textgen.errors import RegistryError, RunNotFoundError
from textgen_registry.database.schema import artifact, pending_object, run
from textgen_registry.models.queries import versions_by_run
from textgen_registry.records import TrashedRun
from textgen_registry.runs.changes import remove_run
from textgen_registry.runs.journal import log

if TYPE_CHECKING:
    from textgen_registry.store import Registry


def remove_for_good(registry: Registry, trashed: TrashedRun) -> set[str]:
    """Remove a run that is in the trash, with all that is recorded of it.

    Args:
        registry: The registry.
        trashed: The run as it was found in the trash.

    Returns:
        The hashes of the objects that were removed with it.

    Raises:
        RunNotFoundError: It has been restored or removed since.
        RegistryError: Something needs it; nothing was removed.
    """

    def remove(connection: Connection) -> set[str]:
        same = (run.c.id == trashed.id) & (run.c.deleted == trashed.deleted)
        if connection.scalar(select(run.c.id).where(same)) is None:
            raise RunNotFoundError(
                f"run {trashed.name} ({trashed.id}) is in the trash of the registry at "
                f"{registry.location} no more: it has been restored or removed meanwhile."
            )
        reason = why_needed(registry, connection, trashed.id)
        if reason:
            raise RegistryError(f"run {trashed.name} ({trashed.id}) has to stay: {reason}.")
        hashes = _objects_of(connection, trashed.id)
        remove_run(connection, trashed.id)
        log(connection, "removed", run_id=trashed.id, detail={"name": trashed.name})
        return hashes

    removed = registry.files.drop(registry.database.write(remove))
    registry.database.ask(lambda backend: backend.forget(trashed.id))
    return removed


def why_needed(registry: Registry, connection: Connection, run_id: str) -> str:
    """Return why a run in the trash cannot be removed for good, in words; empty where it can."""
    versions = versions_by_run(connection, [run_id]).get(run_id)
    if versions:
        return f"it is what {', '.join(versions)} was made from"
    if registry.database.ask(lambda backend: backend.claimed([run_id])):
        return "a process is still training it"
    return ""


def _objects_of(connection: Connection, run_id: str) -> set[str]:
    return {
        sha256
        for table in (artifact, pending_object)
        for sha256 in connection.scalars(select(table.c.sha256).where(table.c.run_id == run_id))
    }
