"""The registry of runs: one database file and one folder of artifacts.

Knows what a run is and keeps it; knows neither how text is generated nor how anything is shown.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection

from textgen.files import sha256_of
from textgen_registry.artifacts.place import ArtifactPlace
from textgen_registry.artifacts.run_files import RunFiles
from textgen_registry.database.database import Database
from textgen_registry.database.location import parse_location
from textgen_registry.ids import new_id, unique_microseconds
from textgen_registry.models.finding import find_record, require_keeper
from textgen_registry.query.selection import Selection
from textgen_registry.records import (
    ArtifactRecord,
    MetricPoint,
    RunRecord,
    RunRow,
    Status,
    VersionName,
)
from textgen_registry.runs.access import change_run
from textgen_registry.runs.admission import check_new_run
from textgen_registry.runs.changes import (
    announce_objects,
    are_announced,
    drop_metrics_after,
    insert_run,
    insert_session,
    name_artifacts,
    update_run,
)
from textgen_registry.runs.journal import log
from textgen_registry.runs.leases import Leases, lost_runs
from textgen_registry.runs.metric_buffer import MetricBuffer
from textgen_registry.runs.naming import check_tag, clean_name, free_name, refuse_taken
from textgen_registry.runs.queries import (
    list_artifacts,
    list_metrics,
    list_runs,
    list_sessions,
    read_run,
)
from textgen_registry.sessions import SessionRecord
from textgen_registry.upkeep.trash import put_into_trash, take_from_trash

T = TypeVar("T")


class Registry:
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
        self.database = Database(self.location, on_made=files.write_down)
        self.files = RunFiles(self.database, files)
        self._leases = Leases(self.database)
        self._metrics = MetricBuffer(self.database, self._leases)
        weakref.finalize(self, self._metrics.flush_at_the_end)

    def check_new_run(self, *, name: str | None, tags: Iterable[str] = ()) -> None:
        """Refuse what `create_run` would refuse; make nothing.

        Args:
            name: What people would call it; None: made of source and model.
            tags: Words to find it by.

        Raises:
            UsageError: The name or a tag is not allowed, or another run has the name.
        """
        check_new_run(self.database, name=name, tags=tags)
        self.files.check_place()

    def create_run(
        self,
        *,
        name: str | None,
        source: str,
        tokenizer: str,
        model: str,
        sampler: str,
        config: Mapping[str, Any],
        parts: Mapping[str, Any],
        provenance: Mapping[str, Any],
        environment: Mapping[str, Any],
        plan: Mapping[str, Any],
        tags: Iterable[str] = (),
        prompt: str | None = None,
    ) -> RunRecord:
        """Record that a run begins.

        Args:
            name: What people call it; None: made of source and model.
            source: Corpus source with its locator ("gutenberg:alice").
            tokenizer: The tokenizer's name.
            model: The model's name.
            sampler: The sampler's name.
            config: The whole configuration. This and the next four hold plain JSON values.
            parts: For each kind, the part's name, plugin, package and version.
            provenance: Where the corpus came from.
            environment: Versions, device and threads that the result depends on.
            plan: What the run sets out to do.
            tags: Words to find it by.
            prompt: What its sample will continue.

        Raises:
            UsageError: The name or a tag is not allowed, or another run has the name.
        """
        self.files.check_place()
        tags = sorted(set(tags))
        for word in tags:
            check_tag(word)
        name = None if name is None else clean_name(name)
        columns: dict[str, Any] = {
            "sample_prompt": prompt,
            "source": source,
            "tokenizer": tokenizer,
            "model": model,
            "sampler": sampler,
            "config": config,
            "provenance": provenance,
            "plan": plan,
        }
        now = unique_microseconds()
        run_id = new_id(now)
        session = {"started": now, "first_step": 0, "environment": environment, "parts": parts}

        def begin(connection: Connection) -> RunRecord:
            if name is not None:
                refuse_taken(connection, name)
            columns["name"] = name or free_name(connection, source, model)
            columns["lease"] = self._leases.take(run_id)
            insert_run(connection, run_id, now, columns, tags)
            insert_session(connection, run_id, **session)
            log(connection, "created", run_id=run_id)
            return read_run(connection, run_id, set())

        try:
            return self.database.write(begin)
        except BaseException:
            self._leases.release(run_id)
            raise

    def find(self, reference: str) -> RunRecord:
        """Return the run that ``reference`` means; one in the trash goes by its whole id alone.

        Args:
            reference: ``latest``, an id, a name, or the beginning of an id in either case; or a
                version of a named model: ``alice@3``, ``alice@best``, ``alice@latest``.

        Raises:
            RunNotFoundError: No run, or more than one, goes by it.
        """
        return self.database.read(lambda c: find_record(c, reference, self.location, self._lost(c)))

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
        return self.database.read(lambda c: list_runs(c, selection, self._lost(c)))

    def add_metrics(self, run_id: str, points: Iterable[MetricPoint]) -> None:
        """Take figures; one measured again at the same step replaces the old.

        They are stored when there are a hundred of them, after a second, and before anything else
        that is written or read here of the run. That is the loss window: where the process is
        killed, what came in its last second is lost, and never more than a hundred points.

        Raises:
            LeaseLostError: Another process has taken the run over; this may come a second late.
        """
        if not self._leases.has(run_id):
            self._write_held(run_id, lambda connection: None)
        self._metrics.add(run_id, points)

    def metrics(self, run: RunRecord | str, *names: str) -> list[MetricPoint]:
        """Return a run's figures in order of name, then step; all, or those of ``names``.

        Args:
            run: The run's id; or its record, of which one that stands for a named model's version
                gives the figures up to that version's step.
            names: What was measured.
        """
        run_id, last = (run, None) if isinstance(run, str) else (run.id, run.version and run.step)
        return self._read_run(run, lambda c: list_metrics(c, run_id, names, last_step=last))

    def flush(self) -> None:
        """Store the figures that have been taken."""
        self._metrics.flush()

    def put_artifacts(self, run_id: str, files: Mapping[str, bytes]) -> None:
        """Store files under a run, all or none; those of the same name are replaced.

        Args:
            run_id: The run's id.
            files: Contents by name.
        """
        self._store_files(run_id, files, also=lambda connection: None)

    def store_checkpoint(
        self,
        run_id: str,
        files: Mapping[str, bytes],
        *,
        step: int,
        summary: Mapping[str, Any],
        best_loss: float | None,
        bits_per_char: float | None,
    ) -> None:
        """Store a checkpoint's files and how far the run has come with them, all or nothing.

        Args:
            run_id: The run's id.
            files: Contents by name; files of the same name are replaced.
            step: Optimiser steps taken.
            summary: Figures so far, plain JSON values.
            best_loss: Lowest held-out loss, nats per token.
            bits_per_char: Held-out bits per character at that loss.
        """
        figures = {"best_loss": best_loss, "bits_per_char": bits_per_char}

        def also(connection: Connection) -> None:
            update_run(connection, run_id, step=step, summary=summary, **figures)

        self._store_files(run_id, files, also=also)

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

    def artifacts(self, run: RunRecord | str) -> list[ArtifactRecord]:
        """Return what files a run keeps, or a record's version, in order of name."""
        return self._read_run(run, lambda connection: list_artifacts(connection, _keeper(run)))

    def finish_run(
        self,
        run_id: str,
        *,
        status: Literal["finished", "interrupted", "failed"],
        step: int,
        summary: Mapping[str, Any],
        reason: str,
        best_loss: float | None,
        bits_per_char: float | None,
    ) -> None:
        """Record that a run has ended.

        Args:
            run_id: The run's id.
            status: How it ended.
            step: Optimiser steps taken.
            summary: Final figures, plain JSON values.
            reason: Why it ended, in words.
            best_loss: Lowest held-out loss, nats per token.
            bits_per_char: Held-out bits per character at that loss.
        """
        figures = {"best_loss": best_loss, "bits_per_char": bits_per_char}
        ending = {"status": status, "reason": reason, "finished": unique_microseconds()}

        def end(connection: Connection) -> None:
            columns = {"step": step, "summary": summary, "lease": None}
            update_run(connection, run_id, **columns, **figures, **ending)
            log(connection, status, run_id=run_id, detail={"step": step, **figures})

        self._write_held(run_id, end)
        self._leases.release(run_id)

    def set_sample(self, run_id: str, prompt: str, text: str) -> None:
        """Record what a run wrote after ``prompt``."""
        sample = {"sample_prompt": prompt, "sample_text": text}
        self._write_held(run_id, lambda connection: update_run(connection, run_id, **sample))

    def hold(self, run_id: str) -> None:
        """Hold a run, to go on with it: from here on no other process writes to it.

        Of several that try at once, exactly one gets a run that nobody holds. A process that held
        it before, and does not know that it lost it, is refused with a `LeaseLostError` whatever
        it writes.

        Raises:
            RegistryError: A living process holds it.
        """
        self._read_run(run_id, lambda connection: None)
        token = self._leases.take(run_id)
        try:
            change_run(self.database, run_id, lambda c: update_run(c, run_id, lease=token))
        except BaseException:
            self._leases.release(run_id)
            raise

    def release(self, run_id: str) -> None:
        """Let go of a run, if it is held here."""
        self._leases.release(run_id)

    def is_held(self, run_id: str) -> bool:
        """Tell whether a living process holds a run."""
        return bool(self.database.ask(lambda backend: backend.claimed([run_id])))

    def resume_run(
        self,
        run_id: str,
        step: int,
        *,
        environment: Mapping[str, Any],
        parts: Mapping[str, Any],
    ) -> None:
        """Set a run that is held going again in a new session.

        Figures measured after ``step`` are dropped, and so is the text of the sample, which is not
        by the model that the run goes on to train.

        Args:
            run_id: The run's id.
            step: Optimiser steps taken so far.
            environment: Versions, device and threads that the session's result depends on.
            parts: For each kind, the part's name, plugin, package and version now.
        """
        now = unique_microseconds()
        begun = {"started": now, "first_step": step, "environment": environment, "parts": parts}

        def go_on(connection: Connection) -> None:
            drop_metrics_after(connection, run_id, step)
            again = {"status": "running", "started": now, "step": step}
            ending = dict.fromkeys(["finished", "reason", "sample_text"])
            update_run(connection, run_id, **again, **ending)
            insert_session(connection, run_id, **begun)
            log(connection, "resumed", run_id=run_id, detail={"step": step})

        self._write_held(run_id, go_on)

    def sessions(self, run_id: str) -> list[SessionRecord]:
        """Return the sessions in which a run was trained, the first one first."""
        return self._read_run(run_id, lambda connection: list_sessions(connection, run_id))

    def delete_run(self, run_id: str) -> None:
        """Put a run into the trash; one that is there already stays as it is.

        It keeps all that it has, goes by its id alone, and can be restored until it is collected.
        A process that trains it is told at its next write.
        """
        self._metrics.flush()
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

    def _store_files(
        self, run_id: str, files: Mapping[str, bytes], *, also: Callable[[Connection], None]
    ) -> None:
        now = unique_microseconds()
        rows = [
            {"name": name, "sha256": sha256_of(data), "size": len(data), "created": now}
            for name, data in files.items()
        ]
        hashes = {str(row["sha256"]) for row in rows}

        def name_them(connection: Connection) -> set[str] | None:
            if not are_announced(connection, run_id, hashes):
                return None
            also(connection)
            return name_artifacts(connection, run_id, rows)

        replaced = None
        while replaced is None:  # again where the announcement, and perhaps an object, was removed
            self._write_held(run_id, lambda c: announce_objects(c, run_id, hashes, now))
            self.files.put(files.values())
            replaced = self._write_held(run_id, name_them)
        self.files.drop(replaced - hashes)

    def _lost(self, connection: Connection) -> Set[str]:
        return lost_runs(connection, self.database)

    def _read_run(self, run: RunRecord | str, work: Callable[[Connection], T]) -> T:
        self._metrics.flush()

        def read(connection: Connection) -> T:
            require_keeper(connection, run, self.location)
            return work(connection)

        return self.database.read(read)

    def _write_held(self, run_id: str, work: Callable[[Connection], T]) -> T:
        """Write to a run that this process holds."""
        self._metrics.flush()

        def write(connection: Connection) -> T:
            self._leases.require(connection, run_id)
            return work(connection)

        return change_run(self.database, run_id, write)


def _keeper(run: RunRecord | str) -> str | VersionName:
    return run if isinstance(run, str) else run.keeper
