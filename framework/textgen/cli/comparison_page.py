"""What `textgen runs compare` prints: what differs, then the figures, the best one marked."""

from __future__ import annotations

import typer
from rich.text import Text

from textgen.cli.display import figure, measured, print_table
from textgen_registry import Comparison, MetricComparison, SettingDifference

_MARK = "*"


def print_comparison(comparison: Comparison) -> None:
    """Print a comparison for people."""
    names = [f"{run.name}\n{run.id}" for run in comparison.runs]
    if comparison.settings:
        differing = [[item.key, *_settings(item)] for item in comparison.settings]
        print_table(["what differs", *names], differing, whole=["what differs"])
    else:
        typer.echo("all settings are the same")
    typer.echo()
    rows = [row for metric in comparison.metrics for row in _metric_rows(metric)]
    print_table(["metric", *names], rows, right=names, whole=["metric"])
    typer.echo(f"\n{_MARK} the best of its row; held-out losses compare only on the same text")


def _settings(item: SettingDifference) -> list[str]:
    return [
        figure(value) if present else "(not set)"
        for value, present in zip(item.values, item.present, strict=True)
    ]


def _metric_rows(metric: MetricComparison) -> list[list[object]]:
    last: list[object] = [f"{metric.name}, last", *map(measured, metric.last)]
    if metric.better is None:
        return [last]
    best: list[object] = [f"{metric.name}, best"]
    for index, value in enumerate(metric.best):
        best.append(_marked(value) if index in metric.winners else measured(value))
    return [best, last]


def _marked(value: float | None) -> Text:
    return Text(f"{_MARK} {measured(value)}", style="bold green")
