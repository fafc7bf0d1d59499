"""`textgen run`: from a corpus to generated text, recorded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textgen.cli.aside import prints_aside
from textgen.cli.completion import complete_part, complete_recipe
from textgen.cli.params import (
    DeviceParam,
    DryRunParam,
    JsonParam,
    PrecisionParam,
    RegistryParam,
    SetParam,
)
from textgen.cli.workspace import installed_plugins, open_registry, tell
from textgen.errors import UsageError

if TYPE_CHECKING:
    from textgen.cli.recorder import Recorder
    from textgen.layers import Layer
    from textgen.plugins import Plugins
    from textgen.request import Request
    from textgen.runs import Run
    from textgen.settings import RunSettings
    from textgen_registry import Registry

EPILOG = """Example: textgen run --source gutenberg:alice --model lstm-stacked

Example: textgen run --source file:book.txt --set model.hidden_size=512 --max-seconds 600

All options: textgen plugins show NAME, with the name of a part, training or sample."""


def run(
    sources: Annotated[
        list[str] | None,
        typer.Option(
            "--source",
            metavar="LOCATOR",
            help="Corpus source, such as gutenberg:alice (default: pydoc:topics).",
            autocompletion=complete_part("source"),
        ),
    ] = None,
    tokenizer: Annotated[
        str | None,
        typer.Option(help="Tokenizer (default: char).", autocompletion=complete_part("tokenizer")),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Model (default: lstm-stacked).", autocompletion=complete_part("model")),
    ] = None,
    sampler: Annotated[
        str | None,
        typer.Option(help="Sampler (default: stateful).", autocompletion=complete_part("sampler")),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help="Settings under a name, such as tutorial.", autocompletion=complete_recipe
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Settings from a file.")
    ] = None,
    set_: SetParam = None,
    epochs: Annotated[int | None, typer.Option(metavar="N", help="Passes over the text.")] = None,
    max_seconds: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Stop training after this time.")
    ] = None,
    device: DeviceParam = None,
    precision: PrecisionParam = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Where random numbers begin.")
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="A name for the run.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="A tag for the run; repeatable.")
    ] = None,
    length: Annotated[
        int | None, typer.Option(metavar="N", help="Length of the sample, in tokens.")
    ] = None,
    prompt: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What the sample continues.")
    ] = None,
    dry_run: DryRunParam = False,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Train a model on a corpus, show a sample, and record the run."""
    from textgen.layers import lay_flags, layer_from_assignments
    from textgen.request import Request, with_file

    source = _one_of(sources or [])
    parts = {"source": source, "tokenizer": tokenizer, "model": model, "sampler": sampler}
    flags: dict[str, dict[str, Any]] = {
        **{kind: {"use": use} for kind, use in parts.items()},
        "training": {"epochs": epochs, "max_seconds": max_seconds, "precision": precision},
        "sample": {"length": length, "prompt": prompt},
    }
    general = {"device": device, "seed": seed}
    layers: list[Layer] = [
        lay_flags(layer_from_assignments(set_ or []), flags),
        {key: value for key, value in general.items() if value is not None},
    ]
    said = Request(recipe, name, tag or (), layers)
    plugins, records = installed_plugins(), open_registry(registry)
    settings, recorder = with_file(config, lambda file: _settle(plugins, records, said.over(file)))

    from textgen.announcing import Announcer
    from textgen.cli.session import prepare, show_result, train

    announce = Announcer(plugins.manager, complain=tell)
    prepared = prepare(settings, announce)
    if dry_run:
        _show_plan(prepared, json=json)
        return
    finished = train(prepared, announce, recorder)
    show_result(records, recorder.run_id, finished, json=json)


def _one_of(sources: Sequence[str]) -> str | None:
    if len(sources) > 1:
        raise UsageError(
            f"run: --source is given {len(sources)} times, and a run reads one corpus. Several "
            "texts are one as a folder (file:shelf), a pattern ('file:shelf/*.txt') or a list of "
            "books (gutenberg:11,12)."
        )
    return sources[0] if sources else None


def _show_plan(prepared: Run, *, json: bool) -> None:
    """Show what a run would do and take, which a few steps of a copy tell."""
    from textgen.cli.plan_page import show_plan
    from textgen.cli.session import introduce

    with prints_aside():
        prepared.rehearse()
    introduce(prepared)
    show_plan(prepared, json=json)


@prints_aside()
def _settle(plugins: Plugins, records: Registry, request: Request) -> tuple[RunSettings, Recorder]:
    """Check all that is asked of a run, and that it can be recorded; nothing is made yet."""
    from textgen.cli.recorder import Recorder
    from textgen.components import DEFAULT_RECIPE
    from textgen.settings import resolve

    recipes = [DEFAULT_RECIPE] + ([] if request.recipe is None else [request.recipe])
    layers = [plugins.recipe(name).settings for name in recipes]
    settings = resolve(plugins, [*layers, *request.layers])
    records.check_new_run(name=request.name, tags=request.tags)
    return settings, Recorder(records, name=request.name, tags=request.tags)
