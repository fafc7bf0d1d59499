"""That a registry's server is away, said once when one has to wait for it, and that it came back.

Said through `logging`, as whoever opened the registry waits in silence otherwise. Knows nothing of
why a server is away.
"""

from __future__ import annotations

import logging
import time

from textgen_registry.database.backend import PATIENCE_SECONDS
from textgen_registry.database.location import Location

_logger = logging.getLogger("textgen_registry")

_UNNOTICED_SECONDS = 1.0  # a server that was started anew, a transaction that had to make way


class Outage:
    """The time in which the server of one registry cannot be reached, if it is now."""

    def __init__(self, location: Location) -> None:
        """Begin with a server that is there."""
        self._location = location
        self._since: float | None = None

    def goes_on(self, since: float) -> None:
        """Say, once, that the server is away and is waited for.

        Args:
            since: When it was first missed, on the monotonic clock.
        """
        if self._since is None and time.monotonic() - since >= _UNNOTICED_SECONDS:
            self._since = since
            _logger.warning(
                "registry %s: its server cannot be reached; waiting up to %g s for it",
                self._location,
                PATIENCE_SECONDS,
            )

    def is_over(self) -> None:
        """Say that the server is there again, where it was said that it is away."""
        if self._since is not None:
            passed, self._since = time.monotonic() - self._since, None
            _logger.warning("registry %s: its server is back, after %.0f s", self._location, passed)
