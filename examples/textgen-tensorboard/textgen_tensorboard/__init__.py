"""Writes what textgen's runs announce where TensorBoard finds it.

The folder is ``TEXTGEN_TENSORBOARD``, or ``runs``; each session of a run has a folder in it.
TensorBoard is imported when a run starts, not when plugins are listed.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

from textgen import Metrics, RunFinished, RunStarted, SampleWritten, hookimpl

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


@dataclass
class Log:
    """The event file of a run in progress."""

    writer: "SummaryWriter"
    step: int

    def text(self, name: str, text: str) -> None:
        """Write text as it is: four spaces before a line keep it from being read as Markdown."""
        self.writer.add_text(name, indent(text, " " * 4, lambda line: True), self.step)


_logs: list[Log] = []  # of the run in progress; a run that is refused ends without having begun


@hookimpl
def textgen_run_started(event: RunStarted) -> None:
    """Open an event file and write the run's settings into it."""
    from torch.utils.tensorboard import SummaryWriter

    log = Log(SummaryWriter(_folder(event)), event.first_step)
    log.text("settings", json.dumps(event.settings, indent=2, ensure_ascii=False))
    log.text("environment", json.dumps(event.environment, indent=2, ensure_ascii=False))
    _logs.append(log)


@hookimpl
def textgen_metrics(event: Metrics) -> None:
    """Write figures, and let TensorBoard see them at once."""
    for log in _logs:
        log.step = event.step
        for name, value in event.values.items():
            log.writer.add_scalar(name, value, event.step)
        log.writer.flush()


@hookimpl
def textgen_sample(event: SampleWritten) -> None:
    """Write the sample."""
    for log in _logs:
        log.text("sample", event.prompt + event.text)


@hookimpl
def textgen_run_finished(event: RunFinished) -> None:
    """Write how the run ended, and close the event file."""
    while _logs:
        log = _logs.pop()
        log.text("end", f"{event.status} after {event.step} steps: {event.reason}")
        log.writer.close()


def _folder(event: RunStarted) -> str:
    """Return a folder of its own for this session, by corpus, model and time."""
    source, model = (event.settings[kind]["use"] for kind in ("source", "model"))
    corpus = Path(source.partition(":")[2]).stem or source.partition(":")[0]
    session = f"{corpus}-{model}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    return str(Path(os.environ.get("TEXTGEN_TENSORBOARD", "runs"), session))
