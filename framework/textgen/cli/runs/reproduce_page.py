"""What `textgen runs reproduce` prints: did the run come out the same, and if not, why."""

from __future__ import annotations

from collections.abc import Iterator

from textgen.cli.display import figure, print_facts, print_heading, print_line, print_table
from textgen.cli.values import named, shown
from textgen_registry import FigureDifference, FileVerdict, Verdict

_MOST_NAMED = 3


def print_verdict(verdict: Verdict) -> None:
    """Print a verdict for people."""
    word = "identical" if verdict.identical else "not identical"
    original, again = named(verdict.original), named(verdict.again)
    print_heading(f"{word}: run {again}, trained again from {original}")
    print_facts(_facts(verdict))
    if not verdict.identical:
        _print_causes(verdict)


def _facts(verdict: Verdict) -> Iterator[tuple[str, str]]:
    if verdict.steps[0] != verdict.steps[1]:
        yield "steps", _then_and_now(*(f"{steps:,}" for steps in verdict.steps))
    yield from ((file.name, _file(file)) for file in verdict.files)
    yield "figures", _figures(verdict)
    if verdict.sample is not None:
        yield "sample", "the same text" if verdict.sample else "another text"
    if None not in verdict.losses:
        yield "held-out loss", _losses(verdict)


def _file(file: FileVerdict) -> str:
    if file.sha256[0] == file.sha256[1]:
        return "the same file"
    if file.same:
        return "the same tensors, byte for byte; what is noted beside them, times say, differs"
    if None in file.sha256:
        return "only one of the runs has it"
    if not file.differing:
        return "another file"
    named = ", ".join(file.differing[:_MOST_NAMED])
    more = len(file.differing) - _MOST_NAMED
    return f"tensors differ: {named}" + (f" and {more} more" if more > 0 else "")


def _figures(verdict: Verdict) -> str:
    first = verdict.first_difference
    if first is None:
        return f"all {verdict.figures:,} the same; times are left out"
    return f"{verdict.figures_differing:,} of {verdict.figures:,} differ, first {_first(first)}"


def _first(found: FigureDifference) -> str:
    values = ("none" if value is None else repr(value) for value in found.values)
    return f"{found.name} at step {found.step:,}: {_then_and_now(*values)}"


def _losses(verdict: Verdict) -> str:
    then, now = (float(loss) for loss in verdict.losses if loss is not None)
    if then == now:
        return f"{then!r} nats/token, the same"
    return f"{_then_and_now(repr(then), repr(now))} nats/token: {abs(now - then):.3g} apart"


def _then_and_now(then: str, now: str) -> str:
    return f"{then} then, {now} now"


def _print_causes(verdict: Verdict) -> None:
    """Print what differs besides the results, which may be why they do."""
    print_line()
    rows = [
        [item.key, *(figure(shown(value)) for value in item.values)] for item in verdict.settings
    ]
    if rows:
        print_table(["what differs", "then", "now"], rows, whole=["what differs"])
    for key, values in verdict.sessions.items():
        print_line(f"within the sessions of the original: {key} {', '.join(map(figure, values))}")
    if not rows and not verdict.sessions:
        print_line(
            "no recorded setting, version or device differs: code was changed under an unchanged "
            "version, or a part does not do the same twice"
        )
