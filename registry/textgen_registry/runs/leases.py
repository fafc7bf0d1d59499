"""Which runs this process trains, and that no other writes to them.

A claim tells the living from the dead: it ends with the process that has it. A token in the run's
row tells who claimed it last: one that lost its claim, and does not know yet, can write no more.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from textgen.errors import LeaseLostError, RegistryError
from textgen_registry.database.backend import Claim
from textgen_registry.database.database import Database
from textgen_registry.runs.access import change_run
from textgen_registry.runs.queries import announcers, lease_of, running_runs

T = TypeVar("T")


class _Lease(NamedTuple):
    claim: Claim
    token: str


class _Held:
    """What one process holds of a registry."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.leases: dict[str, _Lease] = {}
        self.taken_over: set[str] = set()


class Leases:
    """The leases that one registry object holds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._of_processes: list[_Held] = [_Held()]  # its parents', and last its own

    def has(self, run_id: str) -> bool:
        """Tell whether a run is held here."""
        return run_id in self._held.leases

    def write(self, run_id: str, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns, in a transaction that may write to a run held here.

        Args:
            run_id: The run's id.
            work: Called again when the connection is lost.

        Raises:
            RunNotFoundError: There is no such run, or it is in the trash.
            LeaseLostError: Another process has taken it over.
            RegistryError: It is not held here, or the registry cannot be written.
        """

        def write(connection: Connection) -> T:
            self.require(connection, run_id)
            return work(connection)

        return change_run(self._database, run_id, write)

    def take(self, run_id: str) -> str:
        """Claim a run, and return the token that its row must hold from now on.

        One that is held here already stays as it is.

        Raises:
            RegistryError: A living process has it.
        """
        held = self._held
        lease = held.leases.get(run_id)
        if lease is not None and self._database.ask(lambda _: lease.claim.renew()):
            return lease.token
        claim = self._database.ask(lambda backend: backend.claim(run_id))
        if claim is None:
            raise RegistryError(
                f"run {run_id} in the registry at {self._database.location} is being trained by "
                "another process, and only one at a time may train a run. Stop that one first, "
                "or wait until it ends."
            )
        held.taken_over.discard(run_id)
        held.leases[run_id] = _Lease(claim, secrets.token_hex(8))
        return held.leases[run_id].token

    def release(self, run_id: str) -> None:
        """Let another process have the run, if this one has it."""
        lease = self._held.leases.pop(run_id, None)
        if lease is not None:
            lease.claim.release()

    @contextmanager
    def let_go_on_error(self, run_id: str) -> Iterator[None]:
        """Let another process have the run where the block fails, unless it was held before."""
        was_held = self.has(run_id)
        try:
            yield
        except BaseException:
            if not was_held:
                self.release(run_id)
            raise

    def require(self, connection: Connection, run_id: str) -> None:
        """Refuse to write to a run that is not, or no longer, this process's.

        Raises:
            RegistryError: It is not held here.
            LeaseLostError: Another process has taken it over.
        """
        lease = self._held.leases.get(run_id)
        if lease is not None:
            self._database.ask(lambda _: lease.claim.renew())
            if lease_of(connection, run_id) == lease.token:
                return
            self.release(run_id)
            self._held.taken_over.add(run_id)
        if run_id in self._held.taken_over:
            raise LeaseLostError(
                f"run {run_id} in the registry at {self._database.location} has been taken over "
                "by another process: this one can record it no further."
            )
        raise RegistryError(f"run {run_id} is not held: hold it before writing to it")

    @property
    def _held(self) -> _Held:
        # A forked process holds nothing, and lets go of nothing: the claims are its parent's.
        if self._of_processes[-1].process != os.getpid():
            self._of_processes.append(_Held())
        return self._of_processes[-1]


def read_with_lost(database: Database, work: Callable[[Connection, Set[str]], T]) -> T:
    """Return what ``work`` returns, in a transaction that sees one state throughout.

    Who is alive is asked before it: a reader that waits for something keeps SQLite's writers, and
    with them other readers, waiting too.

    Args:
        database: Where the runs are.
        work: Is given the runs that have not ended and that no living process holds. Called again
            when the connection is lost.

    Raises:
        RegistryError: The database cannot be read.
    """
    running = database.read(running_runs)
    claimed = database.ask(lambda backend: backend.claimed(running.keys()))
    unclaimed = {run_id: token for run_id, token in running.items() if run_id not in claimed}

    def read(connection: Connection) -> T:
        # One that has ended since, or that another process has taken, has not the same token.
        now = running_runs(connection) if unclaimed else {}
        return work(connection, {item[0] for item in unclaimed.items() & now.items()})

    return database.read(read)


def stale_owners(connection: Connection, database: Database) -> set[str]:
    """Return the runs and imports for which objects are announced, and that no process is at."""
    owners = announcers(connection)
    return owners - database.ask(lambda backend: backend.claimed(owners))
