"""The recorder: a listener that writes what a run announces into the registry."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from textgen import events
from textgen.errors import RunNotFoundError
from textgen_registry import MetricPoint, Registry, SessionRecord


class Recorder:
    """Records one run, new or resumed; the run fails where it cannot be recorded.

    Attributes:
        run_id: The run's id; empty until the run starts.
        has_checkpoint: Whether the run can be resumed.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        name: str | None = None,
        tags: Sequence[str] = (),
        run_id: str = "",
    ) -> None:
        """Record into ``registry``; a ``run_id`` means that this run, which is held, is resumed."""
        self.run_id = run_id
        self.has_checkpoint = bool(run_id)
        self._registry = registry
        self._name = name
        self._tags = tags

    def sessions(self) -> list[SessionRecord]:
        """Return the run's sessions, this one last."""
        return self._registry.sessions(self.run_id)

    def textgen_run_started(self, event: events.RunStarted) -> None:
        """Make the run's record, or open it again."""
        if self.run_id:
            self._reopen(event)
        else:
            self._create(event)

    def textgen_metrics(self, event: events.Metrics) -> None:
        """Record figures."""
        now = time.time_ns() // 1000
        points = [
            MetricPoint(event.step, event.epoch, name, value, now)
            for name, value in event.values.items()
        ]
        with self._record() as registry:
            registry.add_metrics(self.run_id, points)

    def textgen_checkpoint(self, event: events.Checkpoint) -> None:
        """Keep a checkpoint's files, and the figures that belong to them."""
        with self._record() as registry:
            registry.store_checkpoint(
                self.run_id,
                event.files,
                step=event.step,
                summary=event.summary,
                **_columns(event.summary),
            )
        self.has_checkpoint = True

    def textgen_sample(self, event: events.SampleWritten) -> None:
        """Keep the sample."""
        with self._record() as registry:
            registry.set_sample(self.run_id, event.prompt, event.text)

    def textgen_run_finished(self, event: events.RunFinished) -> None:
        """Record how the run ended, if it could be recorded that it began."""
        if not self.run_id:
            return
        with self._record() as registry:
            registry.finish_run(
                self.run_id,
                status=event.status,
                step=event.step,
                summary=event.summary,
                reason=event.reason,
                **_columns(event.summary),
            )

    def _create(self, event: events.RunStarted) -> None:
        settings = event.settings
        run = self._registry.create_run(
            name=self._name,
            config=settings,
            parts=event.parts,
            provenance=event.provenance,
            environment=event.environment,
            plan=asdict(event.plan),
            tags=self._tags,
            source=settings["source"]["use"],
            tokenizer=settings["tokenizer"]["use"],
            model=settings["model"]["use"],
            sampler=settings["sampler"]["use"],
            prompt=event.prompt,
        )
        self.run_id = run.id
        with self._record() as registry:
            registry.put_artifacts(self.run_id, event.files)

    def _reopen(self, event: events.RunStarted) -> None:
        session = {"environment": event.environment, "parts": event.parts}
        with self._record() as registry:
            registry.resume_run(self.run_id, event.first_step, **session)

    @contextmanager
    def _record(self) -> Iterator[Registry]:
        """Give the registry, for what presumes that the run is still in it.

        Raises:
            RunNotFoundError: It is not; says that somebody deleted it.
        """
        try:
            yield self._registry
        except RunNotFoundError as error:
            raise RunNotFoundError(
                f"run {self.run_id} was deleted from the registry at {self._registry.location} "
                "while it was being trained: it can be recorded no further, and training has "
                f"ended. Bring it back and go on: textgen runs restore {self.run_id}, then "
                f"textgen resume {self.run_id}"
            ) from error


def _columns(summary: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: summary[name] for name in ("best_loss", "bits_per_char")}
