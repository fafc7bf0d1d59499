"""What a database must offer to hold a registry. `sqlite` and `postgresql` do.

Knows nothing of tables.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from sqlalchemy import Connection, Engine

# How long a transaction waits for a lock, or for a server to come back.
PATIENCE_SECONDS = 30.0


class Claim(Protocol):
    """That this process trains a run: it ends with `release`, or with the process."""

    def renew(self) -> bool:
        """Claim the run again where a lost connection ended the claim.

        Returns:
            Whether this process has it now; another may have claimed it meanwhile.
        """

    def release(self) -> None:
        """Let another process have the run."""


class Backend(Protocol):
    """A database, opened when it is needed."""

    @property
    def reading(self) -> Engine:
        """Begins transactions that see one state throughout."""

    @property
    def writing(self) -> Engine:
        """Begins transactions of which there is one at a time; others wait."""

    @property
    def migrating(self) -> Engine:
        """As ``writing``, and rows that refer to others do not stand in the way."""

    @property
    def migrates_itself(self) -> bool:
        """Whether an old schema is brought up to date without being asked.

        Where nobody else could be left behind.
        """

    @property
    def may_lose_an_answer(self) -> bool:
        """Whether a transaction may be committed and nobody told, as the connection was lost."""

    def exists(self) -> bool:
        """Tell whether there is a database to read."""

    def make(self) -> None:
        """Make what the database is kept in, where that is missing.

        Raises:
            RegistryError: It cannot be kept safely there.
        """

    def is_passing(self, error: BaseException) -> bool:
        """Tell whether the same transaction may well succeed when it is tried again."""

    def claim(self, run_id: str) -> Claim | None:
        """Claim a run for this process; return None where a living process has it."""

    def claimed(self, run_ids: Collection[str]) -> set[str]:
        """Return those of the runs that a living process has."""

    def left(self) -> list[str]:
        """Return the runs of whose claims, past or present, something is left."""

    def forget(self, run_id: str) -> None:
        """Remove what is left of claims to a run that no living process has."""

    def damage(self, connection: Connection) -> list[str]:
        """Return what is wrong with the database as a whole, in words; empty where nothing is.

        As far as the database can tell by itself.
        """
