"""A comparison as one tidy table: a line for each value of each run, as CSV.

    what,name,run_id,run_name,value,spent,best
    setting,model.hidden_size,1k0z8bgs4pmqn4er,small,64,,
    best,bits_per_char,1k0z8bgs4pmqn4er,small,2.31,,false
    last,bits_per_char,1k0z8bgs4pmqn4er,small,2.34,,
    equal tokens,bits_per_char,1k0z8bgs4pmqn4er,small,2.52,780288,false

What a run lacks has no line. ``best`` is true for the winners, and empty where nobody could win.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from textgen.cli.texts import on_a_page
from textgen_registry import Comparison, EqualCost, MetricComparison, SettingDifference

COLUMNS = ("what", "name", "run_id", "run_name", "value", "spent", "best")

Line = tuple[int, dict[str, Any]]


def print_csv(comparison: Comparison) -> None:
    """Print a comparison for spreadsheets and data frames, on stdout."""
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for place, cells in _lines(comparison):
        run = comparison.runs[place]
        line = {"run_id": run.id, "run_name": run.name, **cells}
        writer.writerow({column: _cell(value) for column, value in line.items()})


def _lines(comparison: Comparison) -> Iterator[Line]:
    for setting in comparison.settings:
        yield from _of_setting(setting)
    for metric in comparison.metrics:
        yield from _of_metric(metric)
    for item in comparison.equal_cost:
        yield from _at_cost(item)


def _of_setting(setting: SettingDifference) -> Iterator[Line]:
    for place, value in enumerate(setting.values):
        if setting.present[place]:
            yield place, {"what": "setting", "name": setting.key, "value": value}


def _of_metric(metric: MetricComparison) -> Iterator[Line]:
    yield from _values("best", metric.name, metric.best, metric.winners)
    yield from _values("last", metric.name, metric.last, ())


def _at_cost(item: EqualCost) -> Iterator[Line]:
    for figure in item.figures:
        what = f"equal {item.cost}"
        for place, cells in _values(what, figure.name, figure.values, figure.winners):
            yield place, {**cells, "spent": item.limit}


def _values(
    what: str, name: str, values: Sequence[float | None], winners: Collection[int]
) -> Iterator[Line]:
    for place, value in enumerate(values):
        if value is not None:
            best = place in winners if winners else None
            yield place, {"what": what, "name": name, "value": value, "best": best}


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return on_a_page(value)
    return json.dumps(value) if isinstance(value, bool | list | dict) else value
