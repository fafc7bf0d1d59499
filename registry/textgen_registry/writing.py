"""The side of a registry that is written by whoever trains: a run from its beginning to its end.

Only the process that holds a run writes to it; each method but `create_run` and `hold` is refused
to others. Knows nothing of how runs are found, nor of what people say of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection

from textgen_registry.ids import new_id, unique_microseconds
from textgen_registry.opened import OpenRegistry
from textgen_registry.records import MetricPoint, RunRecord
from textgen_registry.runs.access import change_run
from textgen_registry.runs.admission import check_new_run, clean_labels
from textgen_registry.runs.changes import (
    drop_metrics_after,
    insert_run,
    insert_session,
    update_run,
)
from textgen_registry.runs.finding import require_run
from textgen_registry.runs.journal import log
from textgen_registry.runs.naming import new_name
from textgen_registry.runs.points import checked_step
from textgen_registry.runs.queries import read_run

T = TypeVar("T")


class WritingSide(OpenRegistry):
    """What a run records while it is trained."""

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
        asked, tags = clean_labels(name, tags)
        used = {"source": source, "tokenizer": tokenizer, "model": model, "sampler": sampler}
        texts = {"config": config, "provenance": provenance, "plan": plan, "sample_prompt": prompt}
        now = unique_microseconds()
        run_id = new_id(now)
        session = {"started": now, "first_step": 0, "environment": environment, "parts": parts}

        def begin(connection: Connection) -> RunRecord:
            held = {"name": new_name(connection, asked, source, model)}
            held["lease"] = self._leases.take(run_id)
            insert_run(connection, run_id, now, {**used, **texts, **held}, tags)
            insert_session(connection, run_id, **session)
            log(connection, "created", run_id=run_id)
            return read_run(connection, run_id, set())

        with self._leases.let_go_on_error(run_id):
            return self.database.write(begin)

    def add_metrics(self, run_id: str, points: Iterable[MetricPoint]) -> None:
        """Take figures; one measured again at the same step replaces the old.

        They are stored when there are a hundred of them, after a second, and before anything else
        that is written or read here of the run. That is the loss window: where the process is
        killed, what came in its last second is lost, and never more than a hundred points.

        Where they cannot be stored for a while, because the disk is full, they are kept, and tried
        again at each call, which says so.

        Raises:
            UsageError: One cannot be recorded, a step below zero or a value that is no number; then
                none of these was taken.
            LeaseLostError: Another process has taken the run over; this may come a second late.
        """
        if not self._leases.has(run_id):
            self._write_held(run_id, lambda connection: None)
        self._metrics.add(run_id, points)

    def put_artifacts(self, run_id: str, files: Mapping[str, bytes]) -> None:
        """Store files under a run, all or none; those of the same name are replaced.

        Args:
            run_id: The run's id.
            files: Contents by name.
        """
        self._metrics.flush(run_id)
        self.files.store(run_id, files)

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
        reached = {"step": checked_step(step), "summary": summary}
        figures = {"best_loss": best_loss, "bits_per_char": bits_per_char}

        def also(connection: Connection) -> None:
            update_run(connection, run_id, **reached, **figures)

        self._metrics.flush(run_id)
        self.files.store(run_id, files, also=also)

    def set_sample(self, run_id: str, prompt: str, text: str) -> None:
        """Record what a run wrote after ``prompt``."""
        sample = {"sample_prompt": prompt, "sample_text": text}
        self._write_held(run_id, lambda connection: update_run(connection, run_id, **sample))

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
        reached = {"step": checked_step(step), "summary": summary}
        ending = {"status": status, "reason": reason, "finished": unique_microseconds()}

        def end(connection: Connection) -> None:
            update_run(connection, run_id, **reached, **figures, **ending, lease=None)
            log(connection, status, run_id=run_id, detail={"step": step, **figures})

        self._write_held(run_id, end)
        self._leases.release(run_id)

    def hold(self, run_id: str) -> None:
        """Hold a run, to go on with it: from here on no other process writes to it.

        Of several that try at once, exactly one gets a run that nobody holds. A process that held
        it before, and does not know that it lost it, is refused with a `LeaseLostError` whatever
        it writes.

        Raises:
            RegistryError: A living process holds it.
        """
        self.database.read(lambda c: require_run(c, run_id, self.location))
        with self._leases.let_go_on_error(run_id):
            token = self._leases.take(run_id)
            change_run(self.database, run_id, lambda c: update_run(c, run_id, lease=token))

    def release(self, run_id: str) -> None:
        """Let go of a run, if it is held here."""
        self._leases.release(run_id)

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
        now, step = unique_microseconds(), checked_step(step)
        begun = {"started": now, "first_step": step, "environment": environment, "parts": parts}

        def go_on(connection: Connection) -> None:
            drop_metrics_after(connection, run_id, step)
            again = {"status": "running", "started": now, "step": step}
            ending = dict.fromkeys(["finished", "reason", "sample_text"])
            update_run(connection, run_id, **again, **ending)
            insert_session(connection, run_id, **begun)
            log(connection, "resumed", run_id=run_id, detail={"step": step})

        self._write_held(run_id, go_on)

    def _write_held(self, run_id: str, work: Callable[[Connection], T]) -> T:
        """Write to a run that this process holds."""
        self._metrics.flush(run_id)
        return self._leases.write(run_id, work)
