"""What `textgen sources show` prints: a corpus, from where it came to how predictable it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from textgen.cli.display import (
    counted,
    print_facts,
    print_heading,
    print_in_columns,
    print_line,
    print_table,
)
from textgen.cli.sources.characters_page import print_characters, print_odd
from textgen.cli.sources.drawing import print_bars
from textgen.cli.sources.findings import findings, repetitions
from textgen.cli.sources.plot_page import print_plot
from textgen.cli.texts import one_line
from textgen.corpus import Provenance
from textgen.portrait.lengths import Lengths
from textgen.portrait.lines import Lines
from textgen.portrait.portrait import Portrait
from textgen.portrait.repeats import SHORTEST, Repeats
from textgen.portrait.yardsticks import Yardsticks

_SHA256 = 12
_MOST_BARS = 12
_PARTS_SHOWN = 20
_STEPS = (1, 2, 5)
_ORDERS = (
    "frequencies of characters",
    "after the character before",
    "after the 2 before",
    "after the 3 before",
)


def print_corpus(provenance: Provenance, portrait: Portrait, *, plot: bool, whole: bool) -> None:
    """Print what a corpus is like.

    Args:
        provenance: Where it came from.
        portrait: What it is like.
        plot: Whether to draw it too.
        whole: Whether to print all characters and parts, however many.
    """
    print_heading(one_line(provenance.title))
    print_facts(_facts(provenance, portrait))
    _heading("worth a look")
    found = list(findings(provenance, portrait))
    print_facts(found or [("nothing", "")])
    if portrait.yardsticks:
        _heading("bits per character without a model")
        _print_yardsticks(portrait.yardsticks)
    _heading("characters, the most frequent first")
    print_characters(portrait.alphabet.characters, whole=whole)
    if portrait.odd:
        _heading("odd characters")
        print_odd(portrait.odd, whole=whole)
    _heading("characters in a line")
    print_bars(list(_histogram(portrait.lines.lengths)))
    _print_repeats(portrait.repeats)
    _print_cuts(provenance)
    _print_parts(provenance.parts, whole=whole)
    if plot:
        print_plot(portrait)


def _heading(text: str) -> None:
    print_line()
    print_heading(text)


def _facts(provenance: Provenance, portrait: Portrait) -> Iterator[tuple[str, str]]:
    alphabet = portrait.alphabet
    yield "locator", one_line(provenance.locator)
    yield "origin", one_line(provenance.origin)
    yield "licence", one_line(provenance.licence)
    received, text = provenance.sha256_received[:_SHA256], provenance.sha256_text[:_SHA256]
    yield "sha256", f"{text} of the text, {received} of the bytes received"
    size = (
        f"{counted(alphabet.total, 'character')}, {counted(alphabet.utf8_bytes, 'byte')} of UTF-8"
    )
    yield "size", f"{size}, {counted(portrait.words, 'word')}"
    yield "alphabet", counted(len(alphabet.characters), "distinct character")
    if len(portrait.documents) > 1:
        yield "documents", _documents(portrait.documents)
    yield "lines", _lines(portrait.lines)
    if provenance.cuts:
        total = sum(cut.characters for cut in provenance.cuts)
        yield "cut off", f"{counted(total, 'character')}, listed below"


def _lines(lines: Lines) -> str:
    blank = lines.blank / max(1, len(lines.lengths))
    median, longest = (lines.lengths.quantile(part) for part in (0.5, 1.0))
    longest_at = f"longest {counted(longest, 'character')} (line {lines.longest_at:,})"
    return f"{len(lines.lengths):,}, {blank:.0%} of them blank, median {median:,}, {longest_at}"


def _documents(lengths: Lengths) -> str:
    shortest, median, longest = (lengths.quantile(part) for part in (0.0, 0.5, 1.0))
    range_ = f"shortest {shortest:,}, median {median:,}, longest {counted(longest, 'character')}"
    return f"{len(lengths):,}, {range_}"


def _print_yardsticks(found: Yardsticks) -> None:
    figures = dict(zip(_ORDERS, found.entropies, strict=True)) | dict(found.compressed)
    rows = [(name, f"{bits:.2f}") for name, bits in figures.items()]
    print_facts(rows)
    told = (
        f"(on the first {counted(found.characters, 'character')}; frequencies are those of the "
        "very text that they predict, and predict any other one less well)"
    )
    print_in_columns([told], [])


def _histogram(lengths: Lengths) -> Iterator[tuple[str, float, str]]:
    """Yield bars for lengths; the longest hundredth stands together."""
    step = _round_step(lengths.quantile(0.99) / _MOST_BARS)
    last = lengths.quantile(0.99) // step * step
    edges = [*range(0, last + 1, step), lengths.quantile(1.0) + 1]
    for low, high in pairwise(edges):
        share = lengths.share(low, high - 1)
        yield f"{low:,}–{high - 1:,}", share, f"{share:.1%}"


def _round_step(least: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50, … that is not less."""
    power = 1
    while True:
        for factor in _STEPS:
            if factor * power >= least:
                return factor * power
        power *= 10


def _print_repeats(repeats: Mapping[str, Repeats]) -> None:
    several = {name: found for name, found in repeats.items() if found.counted > 1}
    if several:
        _heading("repeated")
    for name, found in several.items():
        long = "" if name == "documents" else f" of {SHORTEST} characters or more"
        print_in_columns([repetitions(f"{name}{long}", found)], [])
        print_facts((f"  {it.count:,} times", one_line(it.begins)) for it in found.most)


def _print_cuts(provenance: Provenance) -> None:
    if provenance.cuts:
        _heading("cut off")
        rows = [(cut.what, f"{cut.characters:,}", one_line(cut.begins)) for cut in provenance.cuts]
        columns = ["what", "characters", "begins"]
        print_table(columns, rows, right=["characters"], whole=columns[:-1])


def _print_parts(parts: Sequence[Provenance], *, whole: bool) -> None:
    if not parts:
        return
    _heading("parts")
    shown = parts if whole else parts[:_PARTS_SHOWN]
    rows = [
        (one_line(part.locator), one_line(part.title), part.documents, len(part.warnings))
        for part in shown
    ]
    columns = ["locator", "title", "documents", "warnings"]
    print_table(columns, rows, right=columns[2:], whole=columns[1:], spare=["title"])
    if len(shown) < len(parts):
        print_line(f"… and {len(parts) - len(shown):,} more parts: --all shows them")
