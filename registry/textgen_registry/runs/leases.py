"""Which runs this process trains, and that no other writes to them.

A claim tells the living from the dead: it ends with the process that has it. A token in the run's
row tells who claimed it last: one that lost its claim, and does not know yet, can write no more.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

from sqlalchemy import Connection

from textgen.errors import LeaseLostError, RegistryError
from textgen_registry.database.backend import Claim
from textgen_registry.database.database import Database
from textgen_registry.runs.queries import lease_of, running_runs


class _Lease(NamedTuple):
    claim: Claim
    token: str


class Leases:
    """The leases that one registry object holds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: dict[str, _Lease] = {}
        self._taken_over: set[str] = set()

    def has(self, run_id: str) -> bool:
        """Tell whether a run is held here."""
        return run_id in self._held

    def take(self, run_id: str) -> str:
        """Claim a run, and return the token that its row must hold from now on.

        One that is held here already stays as it is.

        Raises:
            RegistryError: A living process has it.
        """
        lease = self._held.get(run_id)
        if lease is not None and self._database.ask(lambda _: lease.claim.renew()):
            return lease.token
        claim = self._database.ask(lambda backend: backend.claim(run_id))
        if claim is None:
            raise RegistryError(
                f"run {run_id} in the registry at {self._database.location} is being trained by "
                "another process, and only one at a time may train a run. Stop that one first, "
                "or wait until it ends."
            )
        self._taken_over.discard(run_id)
        self._held[run_id] = _Lease(claim, secrets.token_hex(8))
        return self._held[run_id].token

    def release(self, run_id: str) -> None:
        """Let another process have the run, if this one has it."""
        lease = self._held.pop(run_id, None)
        if lease is not None:
            lease.claim.release()

    def require(self, connection: Connection, run_id: str) -> None:
        """Refuse to write to a run that is not, or no longer, this process's.

        Raises:
            RegistryError: It is not held here.
            LeaseLostError: Another process has taken it over.
        """
        lease = self._held.get(run_id)
        if lease is not None:
            self._database.ask(lambda _: lease.claim.renew())
            if lease_of(connection, run_id) == lease.token:
                return
            self.release(run_id)
            self._taken_over.add(run_id)
        if run_id in self._taken_over:
            raise LeaseLostError(
                f"run {run_id} in the registry at {self._database.location} has been taken over "
                "by another process: this one can record it no further."
            )
        raise RegistryError(f"run {run_id} is not held: hold it before writing to it")


def lost_runs(connection: Connection, database: Database) -> set[str]:
    """Return the runs that have not ended and that no living process holds."""
    running = running_runs(connection)
    unclaimed = set(running) - database.ask(lambda backend: backend.claimed(running))
    # A run that ends while we look is let go of after its row says so: look at that again.
    return unclaimed and unclaimed.intersection(database.read(running_runs))
