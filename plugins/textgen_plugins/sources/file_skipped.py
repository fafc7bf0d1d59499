"""What lies among the documents of a folder, pattern or archive and is none, to be told."""

from __future__ import annotations

from collections.abc import Iterator

from textgen_plugins.sources.together import first_names


class Skipped:
    """Names of what was left out, by why it was."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def add(self, why: str, name: str) -> None:
        """Leave ``name`` out ("hidden", "empty"); a second time says nothing new."""
        self._names.setdefault(why, set()).add(name)

    def notes(self) -> Iterator[str]:
        """Yield a line for each reason, with the first names in order."""
        for why, names in self._names.items():
            yield f"{len(names):,} skipped as {why}: {first_names(sorted(names))}"

    def __str__(self) -> str:
        """Return it as the end of a clause: empty where nothing was left out."""
        return "".join(f"; {note}" for note in self.notes())
