"""What a run is about to do and will take: one line of an introduction, and `run --dry-run`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from textgen.advice import sampler_window
from textgen.cli.display import counted, duration, print_json
from textgen.cli.workspace import tell
from textgen.units import bytes_text, epochs_text

if TYPE_CHECKING:
    from textgen.runs import Run
    from textgen.training.estimate import Estimate


def outlook(run: Run) -> str:
    """Return in one line how far a run goes, and about what the rest of it takes."""
    plan = run.plan
    epochs = epochs_text(plan.steps / plan.steps_per_epoch)
    steps = counted(plan.steps, "step")
    predictions = counted(plan.tokens_per_step, "prediction")
    way = f"{steps} of {predictions} ({epochs} epochs)"
    return ", ".join([way, *(_costs(run.estimate) if run.estimate else ())])


def show_plan(run: Run, *, json: bool) -> None:
    """Print what a dry run has found, more of it than an introduction tells."""
    found = run.estimate
    if json:
        estimate = found.as_dict() if found else None
        settings = run.settings.as_dict()
        print_json({"settings": settings, "plan": asdict(run.plan), "estimate": estimate})
        return
    if found:
        tell(f"a step in {run.precision} takes {_brief(found.step_seconds)}, {_looks(found)}")
        tell(f"memory: {_memory(found, run.bytes_on_disk)}")
        tell(_reading(run))
    if run.plan.max_seconds is not None:
        tell(f"training ends after {duration(run.plan.max_seconds)} at the latest")
    tell("nothing was trained or recorded")
    if run.bytes_on_disk:
        tell(
            f"the text's token ids are kept for runs to come, {bytes_text(run.bytes_on_disk)}; "
            "free them with: textgen sources clear --tokens"
        )


def _costs(found: Estimate) -> tuple[str, str]:
    return f"about {duration(max(1.0, found.seconds))}", f"about {bytes_text(found.memory.total)}"


def _brief(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.1f} s"


def _looks(found: Estimate) -> str:
    each = _brief(found.evaluation_seconds)
    many = (
        "1 evaluation" if found.evaluations == 1 else f"each of {found.evaluations:,} evaluations"
    )
    return f"{many} {each}"


def _memory(found: Estimate, on_disk: int) -> str:
    memory, free = found.memory, found.free_memory
    lasting = ("weights", "gradients", "moments", "tokens")
    parts = [f"{name} {bytes_text(getattr(memory, name))}" for name in lasting]
    parts[-1] += f" ({bytes_text(on_disk)} are read from disk)" if not memory.tokens else ""
    parts.append(f"{bytes_text(memory.activations)} for a step")
    parts += [f"or {bytes_text(memory.checkpoint)} for a checkpoint"] if memory.checkpoint else []
    return ", ".join(parts) + ("" if free is None else f"; {bytes_text(free)} are free")


def _reading(run: Run) -> str:
    """Tell how much text stands before a token when it is predicted."""
    training = run.settings.training
    length = counted(training.sequence_length, "token")
    window = sampler_window(run.settings)
    if not run.carries_state:
        model = f"the model has no state and reads the last {length} at most"
    elif training.batching == "windows":
        model = f"the model is trained on windows of {length}, each from an empty state"
    else:
        model = f"the model carries its state along, {length} a step"
    if window is None:
        return model
    return f"{model}; the sampler reads the last {counted(window, 'token')}"
