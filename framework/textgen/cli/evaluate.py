"""`textgen evaluate`: how well a run's best weights predict text they were not trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from textgen.cli.aside import prints_aside
from textgen.cli.params import DeviceParam, JsonParam, RegistryParam, RunParam, SetParam
from textgen.cli.workspace import (
    assignments,
    file_reader,
    installed_plugins,
    open_registry,
    recorded_settings,
    tell,
    tell_changes,
)
from textgen.errors import UsageError, command

if TYPE_CHECKING:
    from textgen.settings import RunSettings
    from textgen.training.assessment import Assessment
    from textgen_registry import RunRecord

_PARTS = {"training": "training text", "validation": "held-out part", "test": "test part"}


def evaluate(
    run: RunParam,
    source: Annotated[
        str | None,
        typer.Option(help="Another text, scored whole (default: the run's held-out part)."),
    ] = None,
    part: Annotated[
        Literal["training", "validation", "test"] | None,
        typer.Option(
            help="A part of the run's own text, scored whole "
            "(default: what the run's evaluations scored)."
        ),
    ] = None,
    set_: SetParam = None,
    device: DeviceParam = None,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Measure how well a run predicts text it has not seen.

    Example: textgen evaluate latest --source gutenberg:looking-glass
    """
    if source is not None and part is not None:
        raise UsageError("evaluate: --part is of the run's own text; leave it out, or --source.")
    records = open_registry(registry)
    record = records.find(run)
    settings = _settings(record, set_, source)

    from textgen.cli.display import print_json
    from textgen.cli.progress import reading_bar
    from textgen.cli.values import of_run
    from textgen.pipeline import assess, load_trained

    with prints_aside():
        trained = load_trained(settings, file_reader(records, record), device or "auto")
        with reading_bar("evaluating") as show:
            corpus, assessment, measured = assess(
                trained, whole=source is not None, part=part, watch=show
            )
    figures = {
        "source": corpus.provenance.locator,
        "part": "whole text" if source is not None else _PARTS[assessment.part],
        "tokens": assessment.size,
        "characters": assessment.characters,
        **measured.figures,
    }
    if json:
        print_json({**of_run(record), **figures})
        return
    _print(record, figures)
    for note in _notes(assessment, asked=part):
        tell(f"note: {note}")


def _settings(record: RunRecord, set_: list[str] | None, source: str | None) -> RunSettings:
    """Return a run's settings, with another text where one is named; else with its own or none."""
    from textgen.cli.recorded_text import OtherWays, with_recorded_text

    plugins = installed_plugins()
    layer = assignments(set_, "evaluate", {"source", "tokenizer"})
    if source is not None:
        layer["source"] = {**layer.get("source", {}), "use": source}
    settings = recorded_settings(plugins, record, layer, without="sampler")
    tell_changes(plugins, record, layer, without="sampler")
    if source is not None:
        return settings
    anew = command("evaluate", record.version or record.id, "--source", record.source)
    ways = OtherWays(
        without="no part of it is known to be held out",
        on_changed=f"score this one whole: {anew}",
        on_gone=f"score another whole: {command('evaluate', record.version or record.id)} "
        "--source …",
    )
    return with_recorded_text(settings, record, ways)


def _notes(assessment: Assessment, *, asked: str | None) -> Iterator[str]:
    from textgen.advice import notes_on_left_out

    yield from notes_on_left_out(assessment)
    if not assessment.held_out:
        why = "this run held nothing out" if asked is None else "the model was trained on this part"
        yield f"{why}, so these figures tell what it memorised"


def _print(run: RunRecord, figures: Mapping[str, object]) -> None:
    from textgen.cli.display import measured, print_facts
    from textgen.cli.values import named

    cells = {key: f"{it:,}" if isinstance(it, int) else measured(it) for key, it in figures.items()}
    version = [] if run.version is None else [("version", run.version)]
    print_facts([("run", named(run)), *version, *cells.items()])
