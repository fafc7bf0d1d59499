"""Progress of training, on stderr: a bar on a terminal, plain lines elsewhere.

Both listen to the same events as the recorder and know nothing of the loop. A listener that is
called earlier may refuse a run as it starts, so the end of a run may come without its beginning.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from textgen import events
from textgen.cli.display import duration


def make_progress(console: Console) -> BarProgress | LineProgress:
    """Return the display that fits where ``console`` writes to."""
    return BarProgress(console) if console.is_terminal else LineProgress()


class BarProgress:
    """A bar with loss, held-out loss, speed and time left."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.fields[epoch]}"),
            BarColumn(bar_width=None),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=False,
        )
        self._loss = self._held_out = self._speed = ""

    def textgen_run_started(self, event: events.RunStarted) -> None:
        """Show an empty bar, or one as far as the run had come."""
        self._plan = event.plan
        self._task = self._bar.add_task(
            "training",
            total=event.plan.steps,
            completed=event.first_step,
            epoch=_epoch(event.plan, event.first_step),
            figures="",
        )
        self._bar.start()

    def textgen_progress(self, event: events.Progress) -> None:
        """Move the bar."""
        self._loss = f"loss {event.loss:.3f}"
        self._speed = f"{event.tokens_per_second:,.0f} tokens/s"
        self._update(event.step)

    def textgen_metrics(self, event: events.Metrics) -> None:
        """Show the held-out loss."""
        if "validation_loss" in event.values:
            self._held_out = f"held-out {event.values['validation_loss']:.3f}"
            self._update(event.step)

    def textgen_run_finished(self, event: events.RunFinished) -> None:
        """Leave the bar as it is; a run whose start another listener refused has none."""
        if self._bar.live.is_started:
            self._update(event.step)
        self.close()

    def close(self) -> None:
        """Give the terminal back, however the run went and whether or not the bar was shown."""
        if self._bar.live.is_started:
            self._bar.stop()

    def _update(self, step: int) -> None:
        figures = "  ".join(filter(None, [self._loss, self._held_out, self._speed]))
        epoch = _epoch(self._plan, step)
        self._bar.update(self._task, completed=step, epoch=epoch, figures=figures)


class LineProgress:
    """One line per evaluation."""

    def textgen_run_started(self, event: events.RunStarted) -> None:
        """Begin to measure speed."""
        self._plan = event.plan
        self._first_step = event.first_step
        self._begun = time.monotonic()

    def textgen_metrics(self, event: events.Metrics) -> None:
        """Print the figures of an evaluation."""
        figures = _evaluation(event.values)
        if figures:
            passed = time.monotonic() - self._begun
            done = event.step - self._first_step
            left = passed / max(1, done) * (self._plan.steps - event.step)
            speed = done * self._plan.tokens_per_step / max(passed, 1e-9)
            typer.echo(
                f"step {event.step}/{self._plan.steps}  epoch {event.epoch:.1f}  {figures}  "
                f"{speed:,.0f} tokens/s  {duration(left)} left",
                err=True,
            )

    def close(self) -> None:
        """There is nothing to give back."""


def _epoch(plan: events.Plan, step: int) -> str:
    return f"epoch {step / plan.steps_per_epoch:.1f}/{plan.steps / plan.steps_per_epoch:.3g}"


def _evaluation(values: Mapping[str, float]) -> str:
    """Return the figures of an evaluation in words; empty for a point of the training curve."""
    shown = {
        "validation_loss": "held-out loss {:.4f}",
        "bits_per_char": "{:.4f} bits/char",
        "training_text_loss": "loss on the training text {:.4f}",
        "sum_cross_entropy": "sum of cross-entropies {:,.1f}",
    }
    return "  ".join(text.format(values[name]) for name, text in shown.items() if name in values)
