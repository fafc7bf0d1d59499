"""The tables of a comparison's page: what differs, and the figures with the best ones marked.

On a narrow page each row becomes a list; the runs' letters, hidden otherwise, tell whose line it
is. The roles keep it a table to those who cannot see it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from textgen.cli.display import measured
from textgen.cli.runs.comparison.markup import Markup, element, mark, safe
from textgen.cli.runs.comparison.words import (
    EQUAL_COST,
    METRICS,
    capital,
    cost_in_words,
    rank,
    setting_in_words,
    spent_in_words,
    steps_in_words,
)
from textgen_registry import Comparison, EqualCost, SettingDifference

_MOST_NAMED = 6  # columns that have room for a name beside the letter


def difference_tables(comparison: Comparison) -> Iterator[Markup]:
    """Yield the table of what is not the same in all runs, or a word that everything is."""
    rows = list(_statuses(comparison))
    rows += [_row(element("code", item.key), _settings(item)) for item in comparison.settings]
    if rows:
        yield _table(comparison, "Settings, corpus, versions and environment", rows)
    else:
        yield '<p class="soft">All settings are the same.</p>'


def figure_tables(comparison: Comparison) -> Iterator[Markup]:
    """Yield the figures at best, at equal cost, and at the last step."""
    metrics = sorted(comparison.metrics, key=lambda metric: rank(metric.name))
    best = [
        _row(_metric(metric.name), _values(metric.best, metric.winners))
        for metric in metrics
        if metric.better is not None
    ]
    last = [_row(_metric(metric.name), _values(metric.last)) for metric in metrics]
    if best:
        yield _table(comparison, "At its best", best, figures=True)
    for item in comparison.equal_cost:
        caption = f"At equal cost <span>{capital(cost_in_words(item))}. {EQUAL_COST}</span>"
        yield _table(comparison, caption, list(_at_cost(item)), figures=True)
    if last:
        yield _table(comparison, "At the last step", last, figures=True)


def _statuses(comparison: Comparison) -> Iterator[Markup]:
    statuses = [run.status for run in comparison.runs]
    if len(set(statuses)) > 1:
        yield _row("status", [_cell(safe(status)) for status in statuses])


def _settings(item: SettingDifference) -> list[Markup]:
    return [
        _cell(safe(setting_in_words(value)))
        if present
        else _cell('<span class="soft">not set</span>')
        for value, present in zip(item.values, item.present, strict=True)
    ]


def _at_cost(item: EqualCost) -> Iterator[Markup]:
    yield _row(
        f"last evaluation by then, {item.cost}", [_cell(words) for words in spent_in_words(item)]
    )
    yield _row("last evaluation by then, step", [_cell(words) for words in steps_in_words(item)])
    for metric in sorted(item.figures, key=lambda metric: rank(metric.name)):
        yield _row(_metric(metric.name), _values(metric.values, metric.winners))


def _metric(name: str) -> Markup:
    code = element("code", name)
    return f"{capital(METRICS[name])}<br>{code}" if name in METRICS else code


def _values(values: Sequence[float | None], winners: Collection[int] = ()) -> list[Markup]:
    return [_cell(measured(value), best=place in winners) for place, value in enumerate(values)]


def _cell(inside: Markup, *, best: bool = False) -> Markup:
    if not best:
        return inside
    return f'<span aria-hidden="true">★</span> <span class="hidden">best:</span>{inside}'


def _row(heading: Markup, cells: Sequence[Markup]) -> Markup:
    data = "".join(_data(place, cell) for place, cell in enumerate(cells))
    return f'<tr role="row"><th scope="row" role="rowheader">{heading}</th>{data}</tr>'


def _data(place: int, cell: Markup) -> Markup:
    best = ' class="best"' if "★" in cell else ""
    return f'<td role="cell"{best}>{mark(place)}<span>{cell}</span></td>'


def _table(
    comparison: Comparison, caption: Markup, rows: Sequence[Markup], *, figures: bool = False
) -> Markup:
    unseen = "hidden" if len(comparison.runs) > _MOST_NAMED else ""
    heads = "".join(
        f'<th scope="col" role="columnheader">{mark(place)}'
        f"{element('span', run.name, classes=unseen)}</th>"
        for place, run in enumerate(comparison.runs)
    )
    kind = ' class="figures"' if figures else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{_plain(caption)}">\n'
        f'<table role="table"{kind}>\n<caption>{caption}</caption>\n'
        f'<thead role="rowgroup"><tr role="row"><th role="columnheader"><span class="hidden">'
        f"what</span></th>{heads}</tr></thead>\n"
        f'<tbody role="rowgroup">\n{chr(10).join(rows)}\n</tbody>\n</table>\n</div>'
    )


def _plain(caption: Markup) -> str:
    return caption.split(" <", 1)[0]
