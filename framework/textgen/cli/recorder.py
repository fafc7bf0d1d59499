"""The recorder: a listener that writes what a run announces into the registry."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from textgen import events, hookimpl
from textgen_registry import MetricPoint, Registry, SessionRecord


class Recorder:
    """Records one run, new or resumed; the run fails where it cannot be recorded.

    Attributes:
        run_id: The run's id; empty until the run starts.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        name: str | None = None,
        tags: Sequence[str] = (),
        run_id: str = "",
    ) -> None:
        """Record into ``registry``; a ``run_id`` means that this run is resumed."""
        self.run_id = run_id
        self._registry = registry
        self._name = name
        self._tags = tags

    def sessions(self) -> list[SessionRecord]:
        """Return the run's sessions, this one last."""
        return self._registry.sessions(self.run_id)

    @hookimpl
    def textgen_run_started(self, event: events.RunStarted) -> None:
        """Make the run's record, or open it again."""
        if self.run_id:
            session = {"environment": event.environment, "parts": event.parts}
            self._registry.resume_run(self.run_id, event.first_step, **session)
            return
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
        )
        self.run_id = run.id
        self._registry.put_artifacts(self.run_id, event.files)

    @hookimpl
    def textgen_metrics(self, event: events.Metrics) -> None:
        """Record figures."""
        now = time.time_ns() // 1000
        points = [
            MetricPoint(event.step, event.epoch, name, value, now)
            for name, value in event.values.items()
        ]
        self._registry.add_metrics(self.run_id, points)

    @hookimpl
    def textgen_checkpoint(self, event: events.Checkpoint) -> None:
        """Keep a checkpoint's files, and the figures that belong to them."""
        self._registry.store_checkpoint(
            self.run_id,
            event.files,
            step=event.step,
            summary=event.summary,
            **_columns(event.summary),
        )

    @hookimpl
    def textgen_sample(self, event: events.SampleWritten) -> None:
        """Keep the sample."""
        self._registry.set_sample(self.run_id, event.prompt, event.text)

    @hookimpl
    def textgen_run_finished(self, event: events.RunFinished) -> None:
        """Record how the run ended, if it could be recorded that it began."""
        if not self.run_id:
            return
        self._registry.finish_run(
            self.run_id,
            status=event.status,
            step=event.step,
            summary=event.summary,
            reason=event.reason,
            **_columns(event.summary),
        )


def _columns(summary: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: summary[name] for name in ("best_loss", "bits_per_char")}
