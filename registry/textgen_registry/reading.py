"""The side of a registry that is read: runs, their figures, their files.

Knows nothing of how any of it comes to be. Every method sees one state of the registry, and before
it the figures that are on their way here have been stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from textgen_registry.models.finding import find_record, require_keeper
from textgen_registry.opened import OpenRegistry
from textgen_registry.query.selection import Selection
from textgen_registry.records import (
    ArtifactRecord,
    MetricPoint,
    RunRecord,
    RunRow,
    Status,
    VersionName,
)
from textgen_registry.runs.leases import read_with_lost
from textgen_registry.runs.queries import list_artifacts, list_metrics, list_runs, list_sessions
from textgen_registry.sessions import SessionRecord

T = TypeVar("T")


class ReadingSide(OpenRegistry):
    """What is asked of a registry."""

    def find(self, reference: str) -> RunRecord:
        """Return the run that ``reference`` means; one in the trash goes by its whole id alone.

        Args:
            reference: ``latest``, an id, a name, or the beginning of an id in either case; or a
                version of a named model: ``alice@3``, ``alice@best``, ``alice@latest``.

        Raises:
            RunNotFoundError: No run, or more than one, goes by it.
        """
        return read_with_lost(
            self.database, lambda c, lost: find_record(c, reference, self.location, lost)
        )

    def runs(
        self,
        *,
        where: str | None = None,
        sort: Sequence[str] = (),
        limit: int | None = None,
        status: Status | None = None,
        deleted: bool = False,
    ) -> list[RunRow]:
        """List runs, newest first unless told otherwise.

        Args:
            where: An expression that holds of the runs: ``"bits_per_char < 2 and tag:alice"``.
            sort: Names to sort by, the first one first; descending with - before it.
            limit: At most so many; None: all.
            status: Only runs that stand so; None: any.
            deleted: Those in the trash instead of those that are not.

        Raises:
            UsageError: ``where`` or ``sort`` make no sense; says what was expected, and where.
            UnknownNameError: Nothing in the registry has one of their names.
        """
        self.flush()
        selection = Selection(where, sort, limit, status, deleted)
        return read_with_lost(self.database, lambda c, lost: list_runs(c, selection, lost))

    def metrics(self, run: RunRecord | str, *names: str) -> list[MetricPoint]:
        """Return a run's figures in order of name, then step; all, or those of ``names``.

        Args:
            run: The run's id; or its record, of which one that stands for a named model's version
                gives the figures up to that version's step.
            names: What was measured.
        """
        run_id, last = (run, None) if isinstance(run, str) else (run.id, run.version and run.step)
        return self._read_run(run, lambda c: list_metrics(c, run_id, names, last_step=last))

    def sessions(self, run_id: str) -> list[SessionRecord]:
        """Return the sessions in which a run was trained, the first one first."""
        return self._read_run(run_id, lambda connection: list_sessions(connection, run_id))

    def artifacts(self, run: RunRecord | str) -> list[ArtifactRecord]:
        """Return what files a run keeps, or a record's version, in order of name."""
        return self._read_run(run, lambda connection: list_artifacts(connection, _keeper(run)))

    def read_artifact(self, run: RunRecord | str, name: str) -> bytes:
        """Return a file of a run, its hash checked.

        Args:
            run: The run's id; or its record, of which one that stands for a named model's version
                gives that version's own file.
            name: The file's name.

        Raises:
            RegistryError: The run has no file of that name.
            DamagedArtifactError: The file is missing, or is not what was stored.
        """
        self._read_run(run, lambda connection: None)
        return self.files.read(_keeper(run), name)

    def is_held(self, run_id: str) -> bool:
        """Tell whether a living process holds a run."""
        return bool(self.database.ask(lambda backend: backend.claimed([run_id])))

    def _read_run(self, run: RunRecord | str, work: Callable[[Connection], T]) -> T:
        self._metrics.flush(run if isinstance(run, str) else run.id)

        def read(connection: Connection) -> T:
            require_keeper(connection, run, self.location)
            return work(connection)

        return self.database.read(read)


def _keeper(run: RunRecord | str) -> str | VersionName:
    return run if isinstance(run, str) else run.keeper
