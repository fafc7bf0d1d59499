"""What the two sides of a registry share: where it is, and what is open of it.

Knows nothing of what is read or written.
"""

from __future__ import annotations

import weakref
from pathlib import Path

from textgen_registry.artifacts.place import ArtifactPlace
from textgen_registry.artifacts.run_files import RunFiles
from textgen_registry.database.database import Database
from textgen_registry.database.location import parse_location
from textgen_registry.runs.leases import Leases
from textgen_registry.runs.metric_buffer import MetricBuffer


class OpenRegistry:
    """A registry's tables and files, which runs are held here, and figures on their way.

    Attributes:
        location: Where it is.
        database: Its tables, for the modules of this package.
        files: Its files, likewise.
    """

    def __init__(self, place: Path | str, *, artifacts: Path | str | None = None) -> None:
        """Name a registry.

        Args:
            place: A folder, or the URL of a PostgreSQL database.
            artifacts: Where a registry that is yet to be made will keep its files: a folder, or
                ``s3://bucket/prefix``. None: a folder of its own.

        Raises:
            UsageError: One of the two is neither.
        """
        self.location = parse_location(place)
        files = ArtifactPlace(self.location, artifacts)
        self.database = Database(
            self.location, on_absent=files.refuse_orphans, on_made=files.write_down
        )
        self._leases = Leases(self.database)
        self._metrics = MetricBuffer(self._leases)
        self.files = RunFiles(self.database, files, self._leases)
        weakref.finalize(self, self._metrics.flush_at_the_end)

    def flush(self) -> None:
        """Store the figures that have been taken."""
        self._metrics.flush()
