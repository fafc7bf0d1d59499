"""What a source may offer besides opening a text: the texts that it keeps here, and a catalogue.

Knows no source. `textgen sources` calls a shelf; opening a corpus needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

Watch = Callable[[float], None]


@dataclass(frozen=True)
class ShelfItem:
    """Something that a source keeps on this machine.

    Attributes:
        locator: What it is called, source and all ("gutenberg:11"). It opens the text, unless this
            is the catalogue.
        title: A name for people; empty where it is not known.
        size: How much space it takes, in bytes.
        as_of: When it was fetched or last found to be the same as its origin: ISO 8601, in UTC;
            empty where it is not known.
        origin: The URL or path that it came from; empty where it is not known.
        state: ``whole``; ``damaged`` where it cannot be trusted and will not be used; ``half``
            for a download that broke off.
        kind: ``text`` or ``catalogue``.
    """

    locator: str
    title: str
    size: int
    as_of: str
    origin: str
    state: Literal["whole", "damaged", "half"] = "whole"
    kind: Literal["text", "catalogue"] = "text"

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class CatalogueEntry:
    """A text that a source could fetch.

    Attributes:
        locator: What opens it ("gutenberg:11").
        title: Its title, in one line.
        authors: Who wrote, translated or drew it.
        languages: Their codes ("en").
        subjects: What it is about.
    """

    locator: str
    title: str
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Fetched:
    """What came of fetching.

    Attributes:
        item: What is kept now.
        outcome: Whether it is ``new``, was ``there`` already so that nothing was asked, is the
            ``same`` as its origin still, or has ``changed``.
    """

    item: ShelfItem
    outcome: Literal["new", "there", "same", "changed"]

    def as_dict(self) -> dict[str, Any]:
        """Return the item's fields and ``outcome``."""
        return {**self.item.as_dict(), "outcome": self.outcome}


@runtime_checkable
class Shelf(Protocol):
    """The texts that a source keeps on this machine. Locators come without the source's name."""

    def held(self, locator: str | None = None) -> Sequence[ShelfItem]:
        """Return what is kept, the catalogue too; or of it, what ``locator`` means.

        Nothing is fetched, and what is damaged raises nothing.

        Raises:
            LocatorError: The locator can name nothing.
            SourceError: What is kept cannot be looked at.
        """
        ...

    def catalogue(self) -> ShelfItem | None:
        """Return the catalogue that `search` reads, as it is kept; None where there is none yet."""
        ...

    def search(
        self, words: Sequence[str], language: str | None, watch: Watch
    ) -> Sequence[CatalogueEntry]:
        """Return the texts in whose entries all of some words occur, whatever case and accents.

        A catalogue that is not kept yet is fetched.

        Args:
            words: The words, at least one.
            language: The code of the language that a text must be in; None: any.
            watch: Told again and again how much is fetched, from 0 to 1.

        Raises:
            SourceError: There is no catalogue, it cannot be had, or it is damaged.
        """
        ...

    def fetch(self, locator: str, *, again: bool, watch: Watch) -> Sequence[Fetched]:
        """Get what ``locator`` means and keep it; what is kept already is left.

        Args:
            locator: A text, several, or the catalogue.
            again: Whether to ask for what is kept already, too.
            watch: Told again and again how much is done, from 0 to 1.

        Raises:
            LocatorError: The locator can name nothing.
            SourceError: It cannot be had or kept; what was kept before is as it was.
        """
        ...

    def take_in(self, path: Path, locator: str | None = None) -> ShelfItem:
        """Keep a copy of a file that came from elsewhere: a text, or the catalogue.

        Args:
            path: The file.
            locator: Which text it is; None where the file itself tells.

        Raises:
            LocatorError: The locator can name no text.
            SourceError: The file cannot be read or kept, or is not what it should be.
        """
        ...

    def clear(self, items: Iterable[ShelfItem]) -> None:
        """Remove what `held` returned.

        Raises:
            SourceError: Something cannot be removed.
        """
        ...
