"""A training session on the terminal: what `run` and `resume` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from textgen.cli.display import duration, make_console, print_json, print_text
from textgen.cli.interruption import stop_on_interrupt
from textgen.cli.progress import make_progress
from textgen.cli.workspace import tell
from textgen.events import RunFinished
from textgen.runs import Run

if TYPE_CHECKING:
    from textgen.cli.recorder import Recorder
    from textgen.plugins import Plugins
    from textgen.settings import RunSettings
    from textgen_registry import Registry


def prepare_run(settings: RunSettings, plugins: Plugins) -> Run:
    """Prepare a run and tell what it will work on."""
    run = Run(settings, hook=plugins.manager.hook)
    plan, parts = run.plan, settings.parts
    use = {kind.value: choice.use for kind, choice in parts.items()}
    tell(
        f"{use['source']}: {plan.training_tokens:,} tokens to train on, "
        f"{plan.validation_tokens:,} held out, {plan.vocab_size} distinct ({use['tokenizer']})"
    )
    tell(f"{use['model']}: {plan.parameters:,} parameters, on {plan.device}")
    for note in run.notes:
        tell(f"note: {note}")
    return run


def train(run: Run, plugins: Plugins, recorder: Recorder) -> RunFinished:
    """Train with a recorder and a progress display; Ctrl-C stops after the step."""
    listeners = [recorder, make_progress(make_console(stderr=True))]
    for listener in listeners:
        plugins.manager.register(listener)
    try:
        with stop_on_interrupt() as should_stop:
            return run.execute(should_stop)
    finally:
        for listener in listeners:
            plugins.manager.unregister(listener)


def show_result(registry: Registry, run_id: str, finished: RunFinished, *, json: bool) -> None:
    """Print the sample and what can be done next.

    Raises:
        typer.Exit: With 130, when the run was interrupted.
    """
    record = registry.find(run_id)
    if json:
        print_json(record.as_dict())
    elif record.sample_text is not None:
        print_text(record.sample_prompt or "", record.sample_text)
    ending = f"{finished.status}: {finished.reason}{_figures(finished)}"
    tell(f"run {record.name} ({record.id}) {ending}")
    if finished.status == "interrupted":
        tell(f"go on with: textgen resume {record.id}")
        raise typer.Exit(130)
    tell(f"more text with: textgen generate {record.id}")


def _figures(finished: RunFinished) -> str:
    summary = finished.summary
    loss, bits, seconds = (summary.get(key) for key in ("best_loss", "bits_per_char", "seconds"))
    trained = f" after {duration(seconds)} of training" if seconds else ""
    if loss is None or bits is None:
        return trained
    return f"{trained}; held-out loss {loss:.4f} nats/token, {bits:.4f} bits/char"
