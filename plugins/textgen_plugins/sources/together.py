"""What there is to tell of several texts that were put together as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from textgen import Cut, Provenance

_MOST_PARTS = 100
_MOST_NAMES = 5


def facts_of_all(parts: Sequence[Provenance], names: Sequence[str]) -> dict[str, Any]:
    """Return what follows from the parts of a text, as fields of its `textgen.Provenance`.

    What was cut off or is to be told in the same words is said once. Parts are kept up to 100.

    Args:
        parts: Where each came from.
        names: What each is called, for what is said of it.
    """
    return {
        "cuts": tuple(_cuts_together(parts)),
        "licence": "; ".join(sorted({part.licence for part in parts})),
        "notes": tuple(_said_together((part.notes for part in parts), names)),
        "warnings": tuple(_said_together((part.warnings for part in parts), names)),
        "parts": tuple(parts) if len(parts) <= _MOST_PARTS else (),
    }


def first_names(names: Sequence[str], separator: str = ", ") -> str:
    """Return the first few names, and a sign that there are more."""
    return separator.join(names[:_MOST_NAMES]) + f"{separator}…" * (len(names) > _MOST_NAMES)


def _cuts_together(parts: Iterable[Provenance]) -> Iterator[Cut]:
    """Yield one cut for all that are the same thing in several texts."""
    same: dict[str, list[Cut]] = {}
    for cut in (cut for part in parts for cut in part.cuts):
        same.setdefault(cut.what, []).append(cut)
    for what, cuts in same.items():
        characters = sum(cut.characters for cut in cuts)
        yield Cut(f"{what} ({len(cuts):,} times)", characters, cuts[0].begins)


def _said_together(said: Iterable[Sequence[str]], names: Sequence[str]) -> Iterator[str]:
    """Yield each sentence once, with whose it is."""
    owners: dict[str, list[str]] = {}
    for sentences, name in zip(said, names, strict=True):
        for sentence in sentences:
            owners.setdefault(sentence, []).append(name)
    for sentence, of in owners.items():
        yield f"{first_names(of)}: {sentence}"
