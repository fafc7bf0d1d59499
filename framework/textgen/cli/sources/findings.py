"""What deserves a look in a corpus, one sentence each, the most alarming first."""

from __future__ import annotations

from collections.abc import Iterator

from textgen.cli.display import counted, times
from textgen.cli.sources.characters_page import visible
from textgen.cli.texts import one_line
from textgen.corpus import Provenance
from textgen.portrait.odd import are_mixed
from textgen.portrait.portrait import RARE, Portrait
from textgen.portrait.repeats import Repeats

_RARE_NAMED = 12
_WORTH_TELLING = 0.02  # of lines or paragraphs; any text repeats some


def findings(provenance: Provenance, portrait: Portrait) -> Iterator[tuple[str, str]]:
    """Yield what each finding is about, and the finding."""
    for text in provenance.warnings:
        yield "warning", text
    yield from _signs_of_damage(portrait)
    yield from _repetitions(portrait)
    yield from _style(portrait)
    for text in provenance.notes:
        yield "note", text


def _signs_of_damage(portrait: Portrait) -> Iterator[tuple[str, str]]:
    mojibake = portrait.mojibake
    if mojibake:
        yield (
            "decoding",
            f"{one_line(mojibake.example)} where {one_line(mojibake.meant)} was, in line "
            f"{mojibake.first_line:,}; {counted(mojibake.count, 'such sign')}: "
            "looks like UTF-8 read as windows-1252",
        )
    if portrait.odd:
        total = sum(odd.character.count for odd in portrait.odd)
        kinds = ", ".join(dict.fromkeys(odd.kind for odd in portrait.odd))
        yield "odd characters", f"{len(portrait.odd):,}, {times(total)}: {kinds}; see below"
    if not portrait.alphabet.is_nfc:
        replaced = counted(portrait.alphabet.replaced_by_nfc, "character")
        yield "normal form", f"not NFC: Unicode normalisation would replace {replaced}"


def _repetitions(portrait: Portrait) -> Iterator[tuple[str, str]]:
    for name, repeats in portrait.repeats.items():
        share = repeats.repeated / max(1, repeats.counted)
        if share >= _WORTH_TELLING or (name == "documents" and repeats.repeated):
            yield "repeated", f"{repetitions(name, repeats)}; see below"


def _style(portrait: Portrait) -> Iterator[tuple[str, str]]:
    lines, marks = portrait.lines, portrait.quotation_marks
    if are_mixed(marks):
        each = ", ".join(f"{mark} {count:,}" for mark, count in marks.items())
        yield "quotation marks", f"straight and typographic ones: {each}"
    if lines.tabs and lines.spaces:
        yield "indentation", f"{lines.tabs:,} lines begin with a tab, {lines.spaces:,} with a space"
    if lines.wrapped_at:
        yield (
            "line breaks",
            f"within paragraphs too, at up to {lines.wrapped_at} characters, as on a page: "
            "a model learns them",
        )
    rare = portrait.alphabet.rarer_than(RARE)
    if rare:
        named = " ".join(visible(each.character) for each in rare[:_RARE_NAMED])
        more = " …" if len(rare) > _RARE_NAMED else ""
        yield (
            "rare characters",
            f"{len(rare):,} of {len(portrait.alphabet.characters):,} occur fewer than {RARE} "
            f"times and take a place in the vocabulary each: {named}{more}",
        )


def repetitions(what: str, repeats: Repeats) -> str:
    """Return how many of something are repetitions, and whether that is an estimate."""
    told = f"{repeats.repeated:,} of {repeats.counted:,} {what} repeat an earlier one"
    if repeats.sampled == 1:
        return told
    return f"about {told} (estimated from one in {repeats.sampled})"
