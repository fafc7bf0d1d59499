"""The registry of runs: one database file and one folder of artifacts.

Knows what a run is and keeps it; knows neither how text is generated nor how anything is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from textgen_registry.changes import (
    drop_metrics_after,
    insert_run,
    insert_session,
    put_metrics,
    remove_run,
    update_run,
)
from textgen_registry.database import Database
from textgen_registry.finding import empty_registry, find_run_id, unknown_run
from textgen_registry.holding import forget
from textgen_registry.ids import unique_microseconds
from textgen_registry.naming import check_tag, clean_name, free_name, refuse_taken
from textgen_registry.problems import reported
from textgen_registry.queries import (
    has_run,
    list_artifacts,
    list_metrics,
    list_runs,
    list_sessions,
    read_run,
)
from textgen_registry.records import ArtifactRecord, MetricPoint, RunRecord, RunRow, Status
from textgen_registry.run_files import RunFiles
from textgen_registry.sessions import SessionRecord


class Registry:
    """Runs, their figures and their files, kept in one folder.

    Nothing is opened until it is needed. A registry that does not exist reads as an empty one;
    the first run makes it. Any number of processes and threads may use one folder at a time.

    Every method raises `RegistryError` where the folder or the database cannot be used, and
    `RunNotFoundError` for a run that is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = Database(path)
        self._files = RunFiles(self._database)

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
        with self._database.writing() as connection:
            now = unique_microseconds()
            if name is not None:
                refuse_taken(connection, name)
            columns["name"] = name or free_name(connection, source, model)
            run_id = insert_run(connection, now, columns, tags)
            first = {"started": now, "first_step": 0, "environment": environment, "parts": parts}
            insert_session(connection, run_id, **first)
            return read_run(connection, run_id)

    def find(self, reference: str) -> RunRecord:
        """Return the run that ``reference`` means.

        Args:
            reference: ``latest``, an id, a name, or the beginning of an id in either case.

        Raises:
            RunNotFoundError: No run, or more than one, goes by it.
        """
        with self._database.reading() as connection:
            return read_run(connection, find_run_id(connection, reference, self.path))

    def runs(self, *, limit: int | None = None, status: Status | None = None) -> list[RunRow]:
        """List runs, newest first.

        Args:
            limit: At most so many; None: all.
            status: Only runs that stand so; None: any.
        """
        with self._database.reading() as connection:
            return list_runs(connection, limit=limit, status=status)

    def add_metrics(self, run_id: str, points: Iterable[MetricPoint]) -> None:
        """Store figures, all or none. A figure measured again at the same step replaces the old."""
        with self._changing(run_id) as connection:
            put_metrics(connection, run_id, points)

    def metrics(self, run_id: str, *names: str) -> list[MetricPoint]:
        """Return a run's figures in order of name, then step; all, or those of ``names``."""
        with self._reading_run(run_id) as connection:
            return list_metrics(connection, run_id, names)

    def put_artifacts(self, run_id: str, files: Mapping[str, bytes]) -> None:
        """Store files under a run, all or none; those of the same name are replaced.

        Args:
            run_id: The run's id.
            files: Contents by name.
        """
        with self._changing(run_id) as connection:
            replaced = self._files.keep(connection, run_id, files)
        self._files.drop(replaced)

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
        with self._changing(run_id) as connection:
            replaced = self._files.keep(connection, run_id, files)
            update_run(connection, run_id, step=step, summary=summary, **figures)
        self._files.drop(replaced)

    def read_artifact(self, run_id: str, name: str) -> bytes:
        """Return a file of a run, its hash checked.

        Raises:
            RegistryError: The run has no file of that name.
            DamagedArtifactError: The file is missing, or is not what was stored.
        """
        with self._reading_run(run_id) as connection:
            return self._files.read(connection, run_id, name)

    def artifacts(self, run_id: str) -> list[ArtifactRecord]:
        """Return what files a run keeps, in order of name."""
        with self._reading_run(run_id) as connection:
            return list_artifacts(connection, run_id)

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
        self._update(run_id, step=step, summary=summary, **figures, **ending)

    def set_sample(self, run_id: str, prompt: str, text: str) -> None:
        """Record what a run wrote after ``prompt``."""
        self._update(run_id, sample_prompt=prompt, sample_text=text)

    def resume_run(
        self,
        run_id: str,
        step: int,
        *,
        environment: Mapping[str, Any],
        parts: Mapping[str, Any],
    ) -> None:
        """Set a run going again in a new session.

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
        with self._changing(run_id) as connection:
            drop_metrics_after(connection, run_id, step)
            again = {"status": "running", "started": now, "step": step}
            ending = dict.fromkeys(["finished", "reason", "sample_text"])
            update_run(connection, run_id, **again, **ending)
            insert_session(connection, run_id, **begun)

    def sessions(self, run_id: str) -> list[SessionRecord]:
        """Return the sessions in which a run was trained, the first one first."""
        with self._reading_run(run_id) as connection:
            return list_sessions(connection, run_id)

    def delete_run(self, run_id: str) -> None:
        """Remove a run for good, with its figures, its tags and the files that no other run has.

        Files that writers left behind which failed or died are removed with it.
        """
        with self._changing(run_id) as connection:
            remove_run(connection, run_id)
        self._files.sweep()
        with reported(self.path):
            forget(self.path, run_id)

    def _update(self, run_id: str, **values: Any) -> None:
        with self._changing(run_id) as connection:
            update_run(connection, run_id, **values)

    @contextmanager
    def _reading_run(self, run_id: str) -> Iterator[Connection]:
        with self._database.reading() as connection:
            self._require(connection, run_id)
            yield connection

    @contextmanager
    def _changing(self, run_id: str) -> Iterator[Connection]:
        if not self._database.exists():
            raise empty_registry(run_id, self.path)
        with self._database.writing() as connection:
            self._require(connection, run_id)
            yield connection

    def _require(self, connection: Connection, run_id: str) -> None:
        if not has_run(connection, run_id):
            raise unknown_run(connection, run_id, self.path)
