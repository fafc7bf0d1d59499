"""Where a text of files came from: of one document, and of many together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from textgen import Cut, Provenance, sha256_of_documents
from textgen_plugins.sources.file_finding import Found
from textgen_plugins.sources.file_reading import Reading
from textgen_plugins.sources.file_skipped import first_names
from textgen_plugins.sources.file_sums import Sums

_MOST_PARTS = 100


def of_one(reading: Reading) -> Provenance:
    """Return the provenance of a document."""
    document = reading.document
    return Provenance(locator=document.locator, origin=document.origin, **reading.facts)


def of_group(found: Found, readings: Sequence[Reading], total: Sums, separator: str) -> Provenance:
    """Return the provenance of several documents as one text; up to 100 of them are its parts.

    What is cut off or noted in the same words is said once, with the names of the documents.
    """
    *begins, end = accumulate(
        (reading.characters + len(separator) for reading in readings), initial=0
    )
    documents = f"{len(readings):,} document{'s' * (len(readings) != 1)}"
    parts = tuple(map(of_one, readings))
    return Provenance(
        locator=found.locator,
        title=f"{found.group} ({documents})",
        origin=found.origin,
        sha256_received=total.received,
        sha256_text=total.text,
        characters=end - len(separator),
        documents=len(readings),
        sha256_documents=sha256_of_documents(begins),
        cuts=tuple(_together(parts)),
        licence="; ".join(sorted({part.licence for part in parts})),
        notes=(*found.skipped.notes(), *_said_of(readings, "notes")),
        warnings=tuple(_said_of(readings, "warnings")),
        parts=parts if len(parts) <= _MOST_PARTS else (),
    )


def _together(parts: Sequence[Provenance]) -> Iterator[Cut]:
    """Yield one cut for all that are the same thing in several documents."""
    same: dict[str, list[Cut]] = {}
    for cut in (cut for part in parts for cut in part.cuts):
        same.setdefault(cut.what, []).append(cut)
    for what, cuts in same.items():
        characters = sum(cut.characters for cut in cuts)
        yield Cut(f"{what} ({len(cuts):,} times)", characters, cuts[0].begins)


def _said_of(readings: Sequence[Reading], field: str) -> Iterator[str]:
    """Yield each note once, with whose it is."""
    names: dict[str, list[str]] = {}
    for reading in readings:
        for note in reading.facts.get(field, ()):
            names.setdefault(note, []).append(reading.document.name)
    for note, of in names.items():
        yield f"{first_names(of)}: {note}"
