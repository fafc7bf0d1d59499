"""What `textgen runs compare --plot` draws: a held-out figure over tokens, then over seconds."""

from __future__ import annotations

from rich.text import Text

from textgen.cli.display import make_console, measured, print_line, stdout_holds_any_text
from textgen.cli.runs.comparison.curves import Curve, curves_of
from textgen.cli.runs.comparison.plot import plot, style_of
from textgen.cli.runs.comparison.words import COSTS, METRICS, metric_to_draw
from textgen.cli.texts import on_a_page
from textgen_registry import Comparison

_WIDEST, _HEIGHT = 100, 14


def print_curves(comparison: Comparison) -> None:
    """Draw the curves that compare, each with its legend."""
    metric = metric_to_draw(comparison)
    console = make_console()
    for cost, over in COSTS.items():
        curves = curves_of(comparison, metric, cost)
        if not curves:
            continue
        print_line(f"\n{METRICS[metric]} over {over}")
        width = min(console.width, _WIDEST)
        console.print(plot(curves, width=width, height=_HEIGHT, dots=stdout_holds_any_text()))
        for curve in curves:
            console.print(_legend(curve), overflow="ellipsis", no_wrap=True)


def _legend(curve: Curve) -> Text:
    _, last = curve.points[-1]
    mark = (curve.mark, style_of(curve.place))
    return Text.assemble("  ", mark, f"  {measured(last)}  {on_a_page(curve.name)}")
