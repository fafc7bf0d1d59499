"""Where a text of files came from: of one document, and of many together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from textgen import Provenance, sha256_of_documents
from textgen_plugins.sources.file_finding import Found
from textgen_plugins.sources.file_reading import Reading
from textgen_plugins.sources.file_sums import Sums
from textgen_plugins.sources.together import facts_of_all


def of_one(reading: Reading) -> Provenance:
    """Return the provenance of a document."""
    document = reading.document
    return Provenance(locator=document.locator, origin=document.origin, **reading.facts)


def of_group(found: Found, readings: Sequence[Reading], total: Sums, separator: str) -> Provenance:
    """Return the provenance of several documents as one text."""
    *begins, end = accumulate(
        (reading.characters + len(separator) for reading in readings), initial=0
    )
    documents = f"{len(readings):,} document{'s' * (len(readings) != 1)}"
    names = [reading.document.name for reading in readings]
    facts = facts_of_all([of_one(reading) for reading in readings], names)
    facts["notes"] = (*found.skipped.notes(), *facts["notes"])
    return Provenance(
        locator=found.locator,
        title=f"{found.group} ({documents})",
        origin=found.origin,
        sha256_received=total.received,
        sha256_text=total.text,
        characters=end - len(separator),
        documents=len(readings),
        sha256_documents=sha256_of_documents(begins),
        **facts,
    )
