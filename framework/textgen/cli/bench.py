"""`textgen bench`: how much faster textgen is than plain PyTorch, on this machine."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textgen.cli.aside import each_aside
from textgen.cli.params import JsonParam
from textgen.cli.workspace import installed_plugins, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textgen.bench.measuring import Row, Stopwatch
    from textgen.plugins import Plugins
    from textgen.settings import RunSettings

_QUICK, _THOROUGH = (3, 0.6), (5, 2.0)
"""Rounds, and seconds of each measurement."""


def bench(
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, … or mps.")] = "auto",
    source: Annotated[
        str, typer.Option(help="The text of time-to-loss, whose figures are for Alice.")
    ] = "gutenberg:alice",
    quick: Annotated[
        bool, typer.Option("--quick", help="Shorter measurements, and no time-to-loss.")
    ] = False,
    json: JsonParam = False,
) -> None:
    """Compare training and writing with plain PyTorch.

    Example: textgen bench --quick
    """
    plugins = installed_plugins()

    from textgen.bench.measuring import Stopwatch
    from textgen.training.devices import device_name, resolve_device

    where = resolve_device(device)
    watch = Stopwatch(where, *(_QUICK if quick else _THOROUGH))
    rows = []
    for row in each_aside(_rows(plugins, watch, source, quick=quick)):
        tell(f"{row.name}: {row.ratio:.3g}")
        rows.append(row)
    _print(f"{where}, {device_name(where)}", rows, json=json)


def _rows(plugins: Plugins, watch: Stopwatch, source: str, *, quick: bool) -> Iterator[Row]:
    from textgen.bench.comparisons import Comparisons, start_up

    compare = Comparisons(_settings(plugins, {}), watch)
    if not quick:
        yield from _time_to_loss(plugins, watch, source)
    yield compare.training("train-fp32", "fp32")
    yield compare.training("train-mixed", "auto")
    yield compare.stream()
    yield compare.batch()
    yield compare.sliding_window()
    yield start_up(watch.rounds * 2)


def _time_to_loss(plugins: Plugins, watch: Stopwatch, source: str) -> Iterator[Row]:
    from textgen.bench.time_to_loss import settings_for, time_to_loss
    from textgen.errors import SourceError
    from textgen.preparation import prepare

    settings = _settings(plugins, {"source": source}, settings_for(watch.device))
    try:
        material = prepare(settings)
    except SourceError as error:
        tell(f"time-to-loss is left out: {error}")
        return
    yield time_to_loss(settings, material, watch)


def _settings(plugins: Plugins, *layers: dict[str, Any]) -> RunSettings:
    from textgen.bench.plain import DROPOUT, HIDDEN, LAYERS
    from textgen.components import DEFAULT_RECIPE
    from textgen.settings import resolve

    size = {"model": {"hidden_size": HIDDEN, "num_layers": LAYERS, "dropout": DROPOUT}}
    return resolve(plugins, [plugins.recipe(DEFAULT_RECIPE).settings, size, *layers])


def _print(device: str, rows: list[Row], *, json: bool) -> None:
    from textgen.cli.display import print_json, print_line, print_table

    if json:
        print_json({"device": device, "rows": [asdict(row) for row in rows]})
        return
    columns = ["name", "baseline", "textgen", "unit", "ratio", "what"]
    cells = [
        [
            row.name,
            _figure(row.baseline),
            _figure(row.textgen),
            row.unit,
            f"{row.ratio:.3g}",
            row.what,
        ]
        for row in rows
    ]
    print_line(device)
    print_table(columns, cells, right=["baseline", "textgen", "ratio"], whole=columns[:-1])


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
