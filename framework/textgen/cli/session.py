"""A training session on the terminal: what `run`, `resume` and `runs reproduce` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from textgen import events
from textgen.cli.aside import prints_aside
from textgen.cli.display import duration, make_console, print_json, print_text
from textgen.cli.interruption import stop_on_interrupt
from textgen.cli.plan_page import outlook
from textgen.cli.progress import make_progress, reading_counter
from textgen.cli.runs.sessions import changes_since_first
from textgen.cli.values import named
from textgen.cli.workspace import tell

if TYPE_CHECKING:
    from textgen.announcing import Announcer
    from textgen.cli.recorder import Recorder
    from textgen.runs import Run
    from textgen.settings import RunSettings
    from textgen.training.course import Track
    from textgen_registry import Registry


@prints_aside()
def prepare(settings: RunSettings, announce: Announcer, *, track: Track | None = None) -> Run:
    """Prepare a run; a terminal shows how much of its text has been read."""
    from textgen.runs import Run

    with reading_counter("reading") as watch:
        return Run(settings, announce=announce, track=track, watch=watch)


def introduce(run: Run) -> None:
    """Tell what a run works on."""
    plan, parts = run.plan, run.settings.parts
    use = {kind.value: choice.use for kind, choice in parts.items()}
    tell(
        f"{use['source']}: {plan.training_tokens:,} tokens to train on, "
        f"{plan.validation_tokens:,} held out{_test_part(plan)}, {plan.vocab_size:,} distinct "
        f"({use['tokenizer']}){_documents(run)}"
    )
    size = "fits itself" if plan.parameters is None else f"{plan.parameters:,} parameters"
    tell(f"{use['model']}: {size}, on {plan.device}")
    tell(outlook(run))
    for warning in run.warnings:
        tell(f"warning: {warning}")
    for note in run.notes:
        tell(f"note: {note}")


def _test_part(plan: events.Plan) -> str:
    return f", {plan.test_tokens:,} for the test" if plan.test_tokens else ""


def _documents(run: Run) -> str:
    return f", in {run.documents:,} documents" if run.documents > 1 else ""


class _Introduction:
    """Introduces a run once it has begun, so that one that cannot begin tells why and no more."""

    def __init__(self, run: Run, recorder: Recorder) -> None:
        self._run = run
        self._recorder = recorder

    def textgen_run_started(self, event: events.RunStarted) -> None:
        """Tell what the run works on, where it goes on, and whether as it began."""
        introduce(self._run)
        if event.first_step:
            steps = f"step {event.first_step:,} of {event.plan.steps:,}"
            tell(f"going on after {steps}{_for_how_long(event)}")
        changes = changes_since_first(self._recorder.sessions())
        if changes:
            tell(
                f"note: not as in the first session: {changes}; the result may differ from that "
                "of an uninterrupted run"
            )


def _for_how_long(event: events.RunStarted) -> str:
    limit = event.plan.max_seconds
    return "" if limit is None else f", for {duration(limit)} at most"


@prints_aside()
def train(
    run: Run,
    announce: Announcer,
    recorder: Recorder,
    *others: object,
    stops_after: int | None = None,
) -> events.RunFinished:
    """Train with a recorder, a progress display and ``others``; Ctrl-C stops after the step.

    ``stops_after`` is the step after which the run stops before its plan is done, if it does.
    """
    progress = make_progress(make_console(stderr=True), stops_after=stops_after)
    announce.listen(recorder, _Introduction(run, recorder), *others, progress)
    try:
        with stop_on_interrupt() as should_stop:
            return run.execute(should_stop)
    except KeyboardInterrupt:
        progress.close()
        tell(_stopped(recorder))
        raise
    finally:
        progress.close()


def _stopped(recorder: Recorder) -> str:
    """Tell what a run that was stopped at once has left to go on from."""
    if not recorder.run_id:
        return "stopped at once, before anything was recorded; begin again: textgen run"
    if not recorder.has_checkpoint:
        return f"stopped at once; run {recorder.run_id} has no checkpoint yet: begin another"
    return f"stopped at once; from the last checkpoint on: textgen resume {recorder.run_id}"


def show_result(
    registry: Registry, run_id: str, finished: events.RunFinished, *, json: bool
) -> None:
    """Print the sample and what can be done next.

    Raises:
        typer.Exit: With 130, when the run was interrupted.
    """
    record = registry.find(run_id)
    if json:
        print_json(record.as_dict())
    elif record.sample_text is not None:
        tell("")
        print_text(record.sample_prompt or "", record.sample_text)
    tell(f"\nrun {named(record)} {_ending(finished)}")
    figures = _figures(finished)
    if figures:
        tell(figures)
    if finished.status == "interrupted":
        tell(f"go on with: textgen resume {record.id}")
        raise typer.Exit(130)
    if finished.reason == "time limit":
        tell(f"the rest of its steps with: textgen resume {record.id}")
    tell(f"more text with: textgen generate {record.id}")


def _ending(finished: events.RunFinished) -> str:
    why = "" if finished.reason == finished.status else f": {finished.reason}"
    passed = duration(finished.summary["seconds"] or 0)
    return f"{finished.status}{why}, after {passed} of training and evaluation"


def _figures(finished: events.RunFinished) -> str:
    loss, bits = (finished.summary.get(key) for key in ("best_loss", "bits_per_char"))
    if loss is None or bits is None:
        return ""
    return f"held-out loss {loss:.4f} nats/token, {bits:.4f} bits/char"
