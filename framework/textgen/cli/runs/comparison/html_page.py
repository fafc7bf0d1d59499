"""A comparison as one page for a browser: curves, tables and samples in a single file.

The page, with its style, is ``page.html`` beside this module; here it is filled in. It
fetches nothing and runs nothing, and says so to the browser, whatever names and samples hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Template

from textgen.cli.display import local_time, measured
from textgen.cli.runs.comparison.curves import curves_of
from textgen.cli.runs.comparison.markup import Markup, element, mark, safe
from textgen.cli.runs.comparison.svg_chart import style_classes, svg_chart
from textgen.cli.runs.comparison.tables import difference_tables, figure_tables
from textgen.cli.runs.comparison.words import COSTS, METRICS, capital, reservations
from textgen_registry import Comparison, RunRow, Sample

_PAGE = Path(__file__).with_name("page.html")
_DRAWN = ("validation_loss", "bits_per_char")


def html_page(comparison: Comparison) -> str:
    """Return the page; equal comparisons make equal pages.

    Args:
        comparison: Of 2 to 12 runs.
    """
    names = [safe(run.name) for run in comparison.runs]
    return Template(_PAGE.read_text(encoding="utf-8")).substitute(
        title=f"{' · '.join(names)} – runs compared",
        heading=f"{len(names)} runs compared",
        summary="\n".join(_summary(comparison)),
        runs="\n".join(map(_run, range(len(names)), comparison.runs)),
        curves=_section("Curves", "charts", _charts(comparison)),
        differences=_section("What differs", "", difference_tables(comparison)),
        figures=_section("Figures", "", figure_tables(comparison)),
        samples=_section("Samples", "samples", _samples(comparison)),
        stack=f"{min(62, max(40, 12 + 7 * len(names)))}rem",
    )


def _section(title: str, classes: str, parts: Iterator[Markup]) -> Markup:
    """Return a section; none where it would be empty."""
    inside = "\n".join(parts)
    if not inside:
        return ""
    group = f'<div class="{classes}">\n{inside}\n</div>' if classes else inside
    return f"<section>\n<h2>{title}</h2>\n{group}\n</section>"


def _summary(comparison: Comparison) -> Iterator[Markup]:
    for metric in comparison.metrics:
        if metric.name == "bits_per_char" and metric.winners:
            ahead = " and ".join(
                f"{mark(place)} {element('strong', comparison.runs[place].name)}"
                for place in metric.winners
            )
            best = measured(metric.best[metric.winners[0]])
            yield f'<p class="lead">Best on held-out text: {ahead}, {best} bits per character.</p>'
    for reservation in reservations(comparison):
        yield element("p", reservation, classes="note")


def _run(place: int, run: RunRow) -> Markup:
    facts = [run.model, run.source, f"{run.status}, {local_time(run.created)}", *run.tags]
    line = f'<path class="line {style_classes(place)}" d="M0 6H50"/>'
    return (
        f"<li>{mark(place)}{element('strong', run.name)}"
        f'<svg viewBox="0 0 50 12" aria-hidden="true">{line}</svg>'
        f'<span class="facts">{element("code", run.id)} · {safe(" · ".join(facts))}</span></li>'
    )


def _charts(comparison: Comparison) -> Iterator[Markup]:
    limits = {item.cost: item.limit for item in comparison.equal_cost}
    for metric in _DRAWN:
        for cost, over in COSTS.items():
            curves = curves_of(comparison, metric, cost)
            if curves:
                title = f"{METRICS[metric]} over {over}"
                chart = svg_chart(
                    curves,
                    title=title,
                    across=over,
                    limit=limits.get(cost),
                    key=f"{metric}-{cost}",
                )
                caption = f"{capital(METRICS[metric])} <span>over {over}</span>"
                yield f"<figure>\n<figcaption>{caption}</figcaption>\n{chart}\n</figure>"


def _samples(comparison: Comparison) -> Iterator[Markup]:
    if any(comparison.samples):
        for place, (run, sample) in enumerate(
            zip(comparison.runs, comparison.samples, strict=True)
        ):
            heading = f"<h3>{mark(place)} {element('span', run.name)}</h3>"
            yield f'<article class="sample">{heading}\n{_written(sample)}</article>'


def _written(sample: Sample | None) -> Markup:
    if sample is None:
        return '<p class="soft">This run has written none.</p>'
    # The first line break within <pre> is not shown, so that one of the prompt's own must follow.
    prompt = element("span", sample.prompt, classes="prompt")
    return f"<pre>\n{prompt}{safe(sample.text)}</pre>"
