"""Progress, on stderr: of training a bar on a terminal, plain lines elsewhere.

Both listen to the same events as the recorder and know nothing of the loop. A listener that is
called earlier may refuse a run as it starts, so the end of a run may come without its beginning.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from textgen import events
from textgen.cli.display import duration, make_console
from textgen.cli.workspace import tell
from textgen.units import epochs_text

_WIDE = 90
_PATIENCE = 0.5  # seconds


@contextmanager
def reading_bar(what: str) -> Iterator[Callable[[float], None]]:
    """Give what shows how much has been read: on a terminal, a bar on stderr that goes when done.

    Args:
        what: What is being done, in one word.

    Yields:
        Takes how much is done, from 0 to 1.
    """
    console = make_console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(compact=True),
    )
    shown = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with shown as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda done: bar.update(task, completed=done)
        bar.update(task, completed=1.0)


@contextmanager
def reading_counter(what: str) -> Iterator[Callable[[int], None]]:
    """Give what shows how much has been read where nobody knows how much there is.

    Args:
        what: What is being done, in one word.

    Yields:
        Takes how many characters are read; on a terminal, stderr shows it until all are, if that
        takes long enough to be read.
    """
    console, begun = make_console(stderr=True), time.monotonic()
    status = console.status(what)

    def show(read: int) -> None:
        if console.is_terminal and time.monotonic() - begun > _PATIENCE:
            status.update(f"{what}: {read:,} characters")
            status.start()

    try:
        yield show
    finally:
        status.stop()


def make_progress(
    console: Console, *, stops_after: int | None = None
) -> BarProgress | LineProgress:
    """Return the display that fits where ``console`` writes to.

    Args:
        console: Where it writes to.
        stops_after: The step after which training stops whatever its plan and the clock say, if it
            does.
    """
    if console.is_terminal:
        return BarProgress(console, stops_after=stops_after)
    return LineProgress(stops_after=stops_after)


class BarProgress:
    """A bar with loss, held-out loss, speed and time left; a narrow terminal gets fewer figures."""

    def __init__(self, console: Console, *, stops_after: int | None = None) -> None:
        self._console = console
        self._stops_after = stops_after
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
        self._way = _Way(event, self._stops_after)
        self._task = self._bar.add_task(
            "training", total=1.0, epoch=self._way.epoch(event.first_step), figures=""
        )
        self._bar.start()

    def textgen_progress(self, event: events.Progress) -> None:
        """Move the bar."""
        self._loss = "" if event.loss is None else f"loss {event.loss:.3f}"
        self._speed = f"{event.tokens_per_second:,.0f} tokens/s"
        evaluating = event.activity == "evaluating"
        self._update(event.step, f"evaluating {event.part_done:.0%}" if evaluating else "")

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

    def _update(self, step: int, activity: str = "") -> None:
        figures = [self._held_out, self._loss, activity or self._speed]
        narrow = [activity or self._held_out]
        fitting = figures if self._console.width >= _WIDE else narrow
        self._bar.update(
            self._task,
            completed=self._way.part_done(step),
            epoch=self._way.epoch(step),
            figures="  ".join(filter(None, fitting)),
        )


class LineProgress:
    """One line per evaluation."""

    def __init__(self, *, stops_after: int | None = None) -> None:
        self._stops_after = stops_after
        self._speed = 0.0

    def textgen_run_started(self, event: events.RunStarted) -> None:
        """Begin to measure time."""
        self._way = _Way(event, self._stops_after)

    def textgen_progress(self, event: events.Progress) -> None:
        """Keep the speed for the next line."""
        self._speed = event.tokens_per_second

    def textgen_metrics(self, event: events.Metrics) -> None:
        """Print the figures of an evaluation."""
        figures = _evaluation(event.values)
        if figures:
            speed = f"  {self._speed:,.0f} tokens/s" if self._speed else ""
            epoch = epochs_text(event.epoch)
            tell(
                f"step {event.step}/{self._way.plan.steps}  epoch {epoch}  {figures}"
                f"{speed}  {duration(self._way.seconds_left(event.step))} left"
            )

    def close(self) -> None:
        """There is nothing to give back."""


class _Way:
    """How far a session has come on the way to its end: the last step, or its time limit."""

    def __init__(self, start: events.RunStarted, stops_after: int | None) -> None:
        self.plan = start.plan
        self._last_step = stops_after or start.plan.steps
        self._limit = start.plan.max_seconds if stops_after is None else None
        self._first_step = start.first_step
        self._begun = time.monotonic()

    def part_done(self, step: int) -> float:
        """Return how much of the way is done, by steps or by time, whichever ends first."""
        by_time = self._passed / self._limit if self._limit else 0.0
        return min(1.0, max(step / self._last_step, by_time))

    def seconds_left(self, step: int) -> float:
        """Return how long the rest will take at the pace so far."""
        taken = max(1, step - self._first_step)
        left = self._passed / taken * (self._last_step - step)
        return left if self._limit is None else max(0.0, min(left, self._limit - self._passed))

    def epoch(self, step: int) -> str:
        """Return which epoch it is, of how many."""
        epochs = self.plan.steps / self.plan.steps_per_epoch
        all_of_them = epochs_text(epochs).removesuffix(".0")
        return f"epoch {epochs_text(step / self.plan.steps_per_epoch)}/{all_of_them}"

    @property
    def _passed(self) -> float:
        return time.monotonic() - self._begun


def _evaluation(values: Mapping[str, float]) -> str:
    """Return the figures of an evaluation in words; empty for a point of the training curve."""
    shown = {
        "validation_loss": "held-out loss {:.4f}",
        "bits_per_char": "{:.4f} bits/char",
        "training_text_loss": "loss on the training text {:.4f}",
        "sum_cross_entropy": "sum of cross-entropies {:,.1f}",
    }
    return "  ".join(text.format(values[name]) for name, text in shown.items() if name in values)
