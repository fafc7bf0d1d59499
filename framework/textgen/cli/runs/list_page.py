"""What `textgen runs list` prints: a row for each run, for people or for programs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import Any

from textgen.cli.display import figure, local_time, measured, print_table
from textgen.cli.texts import one_line
from textgen_registry import RunRow
from textgen_registry.records import iso_time

_FOR_PEOPLE = ["id", "name", "status", "created", "best_loss", "bits_per_char", "source", "model"]
_HEADINGS = {"best_loss": "held-out loss", "bits_per_char": "bits/char"}
_SPARE = ["model", "source", "created", "deleted", "held-out loss", "bits/char"]
_TIMES = frozenset({"created", "started", "finished", "deleted"})
_MEASURED = frozenset({"best_loss", "bits_per_char", "metric", "lowest", "highest"})
_LONGEST = 500  # characters of a text; programs get it whole

Rows = Sequence[Sequence[Any]]


def default_columns(*, for_people: bool, deleted: bool) -> list[str]:
    """Return what is shown of runs unless something else is asked for."""
    if not for_people:
        return [field.name for field in fields(RunRow)]
    when = "deleted" if deleted else "created"
    return [when if name == "created" else name for name in _FOR_PEOPLE]


def plain_rows(names: Sequence[str], rows: Rows) -> list[dict[str, Any]]:
    """Return rows as plain values by name; times as ISO 8601."""
    plain = _converted(names, rows, lambda name: iso_time if name in _TIMES else _itself)
    return [dict(zip(names, row, strict=True)) for row in plain]


def print_csv(names: Sequence[str], rows: Rows) -> None:
    """Print rows as comma-separated values under the names; what a run lacks is empty."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(_converted(names, rows, lambda name: iso_time if name in _TIMES else _field))


def print_rows(names: Sequence[str], rows: Rows, *, asked_for: bool) -> None:
    """Print rows for people, as far as the terminal is wide enough.

    Args:
        names: What is shown.
        rows: Their values, one row at least.
        asked_for: Whether the names are the user's: then they are the headings.
    """
    headings = [one_line(name) if asked_for else _HEADINGS.get(name, name) for name in names]
    right = [
        heading
        for heading, name, values in zip(headings, names, zip(*rows, strict=True), strict=True)
        if name not in _TIMES and all(isinstance(value, int | float | None) for value in values)
    ]
    foldable = "name" if "name" in headings else headings[0]
    print_table(
        headings,
        _converted(names, rows, _cell),
        right=right,
        whole=[heading for heading in headings if heading != foldable],
        spare=[it for it in _SPARE if it in headings] if not asked_for else headings[:0:-1],
    )


def _converted(
    names: Sequence[str], rows: Rows, by_name: Callable[[str], Callable[[Any], Any]]
) -> list[tuple[Any, ...]]:
    """Return rows of what becomes of each value; what a run lacks stays None."""
    columns = zip(names, zip(*rows, strict=True), strict=False)
    made = [_mapped(by_name(name), values) for name, values in columns]
    return list(zip(*made, strict=True))


def _mapped(convert: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    return [None if value is None else convert(value) for value in values]


def _itself(value: Any) -> Any:
    return value


def _field(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, tuple) else value


def _cell(name: str) -> Callable[[Any], str | None]:
    if name in _TIMES:
        return local_time
    return measured if name.partition(".")[0] in _MEASURED else _text


def _text(value: Any) -> str | None:
    if isinstance(value, tuple):
        return _text(", ".join(value)) if value else None
    text = figure(value)
    return one_line(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
