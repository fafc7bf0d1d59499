"""The registry of runs: one database and one store of files.

Knows what a run is and keeps it; knows neither how text is generated nor how anything is shown.
"""

from __future__ import annotations

from textgen_registry.reading import ReadingSide
from textgen_registry.upkeep.trash import put_into_trash, take_from_trash
from textgen_registry.writing import WritingSide


class Registry(ReadingSide, WritingSide):
    """Runs, their figures and their files.

    Nothing is opened until it is needed. A registry that does not exist reads as an empty one;
    the first run makes it. Any number of processes and threads may use one at a time, but only the
    process that holds a run writes to it: who creates a run holds it, until it is finished.

    Every method raises `RegistryError` where the registry cannot be used, and `RunNotFoundError`
    for a run that is not there.

    Attributes:
        location: Where it is.
        database: Its tables, for the modules of this package.
        files: Its files, likewise.
    """

    def delete_run(self, run_id: str) -> None:
        """Put a run into the trash; one that is there already stays as it is.

        It keeps all that it has, goes by its id alone, and can be restored until it is collected.
        A process that trains it is told at its next write.
        """
        self._metrics.flush(run_id)
        put_into_trash(self.database, run_id)
        self._leases.release(run_id)

    def restore_run(self, run_id: str, *, name: str | None = None) -> None:
        """Bring a run back from the trash; one that is not there stays as it is.

        Args:
            run_id: The run's id.
            name: What it is called from now on; None: what it was called.

        Raises:
            UsageError: Another run has the name by now, or it is not allowed.
        """
        take_from_trash(self.database, run_id, name=name)
