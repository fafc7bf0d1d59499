"""`textgen runs compare`: runs side by side, on the terminal, as data, or as a page to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.completion import complete_run
from textgen.cli.params import CsvParam, JsonParam, RegistryParam
from textgen.cli.workspace import open_registry, tell

if TYPE_CHECKING:
    from textgen_registry import Comparison, Registry, RunRecord


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(metavar="RUN", help="Two or more runs.", autocompletion=complete_run),
    ],
    plot: Annotated[bool, typer.Option("--plot", help="Draw the loss curves too.")] = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write one page with curves, tables and samples."),
    ] = None,
    registry: RegistryParam = None,
    json: JsonParam = False,
    csv: CsvParam = False,
) -> None:
    """Put runs side by side: what differs, and how well each did.

    Figures stand at their best and at equal cost; the samples follow.

    Example: textgen runs compare alice-lstm-single alice-lstm-stacked --html compared.html
    """
    from textgen_registry import compare as compared

    _check(runs, html=html, drawn=plot or html is not None, only_one=[json, csv, plot])
    records = open_registry(registry)
    comparison = compared(records, _found(records, runs))
    if html is not None:
        _write_html(comparison, html)
    if html is None or json or csv or plot:
        _print(comparison, json=json, csv=csv, plot=plot)


def _check(
    runs: Sequence[str], *, html: Path | None, drawn: bool, only_one: Sequence[bool]
) -> None:
    """Refuse what cannot be done before anything is.

    Raises:
        UsageError: It is too few or too many runs, two formats at once, or no file to write.
    """
    from textgen.cli.runs.comparison.curves import MARKS
    from textgen.cli.written_file import refuse_unwritable
    from textgen.errors import UsageError

    if len(runs) < 2:
        raise UsageError(f"runs compare {runs[0]}: name at least two runs to compare.")
    if sum(only_one) > 1:
        raise UsageError("runs compare: --json, --csv and --plot all print; choose one of them.")
    if drawn and len(runs) > len(MARKS):
        raise UsageError(
            f"runs compare: {len(runs)} runs are too many to be told apart in curves. Name at most "
            f"{len(MARKS)}, or leave out --plot and --html."
        )
    if html is not None:
        refuse_unwritable(html, "--html")


def _found(records: Registry, runs: Sequence[str]) -> list[RunRecord]:
    """Find the runs.

    Raises:
        UsageError: Two words name one run.
    """
    from textgen.errors import UsageError

    found = [records.find(run) for run in runs]
    keys = [(record.id, record.version) for record in found]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise UsageError(
                f"runs compare: {runs[keys.index(key)]} and {runs[place]} are one run ({key[0]}). "
                "Name each run once."
            )
    return found


def _write_html(comparison: Comparison, path: Path) -> None:
    from textgen.cli.runs.comparison.html_page import html_page
    from textgen.cli.written_file import write_page

    write_page(path, html_page(comparison), "--html")
    tell(f"wrote {path}")


def _print(comparison: Comparison, *, json: bool, csv: bool, plot: bool) -> None:
    from textgen.cli.display import print_json
    from textgen.cli.runs.comparison.csv_table import print_csv
    from textgen.cli.runs.comparison.page import print_comparison, print_samples
    from textgen.cli.runs.comparison.plot_page import print_curves

    if json:
        print_json(comparison.as_dict())
    elif csv:
        print_csv(comparison)
    else:
        print_comparison(comparison)
        if plot:
            print_curves(comparison)
        print_samples(comparison)
