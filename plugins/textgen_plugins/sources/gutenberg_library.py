"""Books and the catalogue of Project Gutenberg, from the cache, else from a mirror into the cache.

A file is fetched or taken in by one process at a time: who comes second finds it in the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from textgen import SourceError
from textgen_plugins.sources.gutenberg_cache import FileCache, Record, folder_for_books
from textgen_plugins.sources.gutenberg_catalogue import title_of
from textgen_plugins.sources.gutenberg_fetch import MIRRORS_VARIABLE, Mirrors, Wanted
from textgen_plugins.sources.gutenberg_volumes import CATALOGUE, Volume
from textgen_plugins.sources.options import GutenbergOptions
from textgen_plugins.sources.web_download import PATIENCE, Arrived
from textgen_plugins.sources.web_pace import lock

Watch = Callable[[float], None]
Outcome = Literal["new", "there", "same", "changed"]


@dataclass(frozen=True)
class Had:
    """What came of asking for a volume: its bytes and record, and how they were had.

    Attributes:
        data: Its bytes.
        record: What is known of them.
        outcome: As in `textgen.Fetched`.
        notes: What went wrong on the way, though not in vain.
        unkept: Why it is not in the cache now; empty where it is.
    """

    data: bytes
    record: Record
    outcome: Outcome
    notes: tuple[str, ...] = ()
    unkept: str = ""


class Library:
    """What the options of the source give access to."""

    def __init__(self, options: GutenbergOptions) -> None:
        """Keep the files where the options say.

        Raises:
            SourceError: That cannot be found out.
        """
        folder = folder_for_books(options.cache)
        self._options = options
        self._locks = folder / "locks"
        self.cache = FileCache(folder)

    def get(
        self,
        volume: Volume,
        who: str,
        *,
        again: bool = False,
        watch: Watch = lambda part_done: None,
    ) -> Had:
        """Return a volume.

        Args:
            volume: Which.
            who: Who asks, for messages ("gutenberg:alice").
            again: Whether to ask for it even if it is here.
            watch: Told again and again how much has come, from 0 to 1.

        Raises:
            SourceError: No mirror has it; what is in the cache is as it was.
        """
        held = None if again else self.cache.get(volume.name)
        if held:
            return Had(*held, "there")
        with self._alone(volume, who):
            held = self.cache.get(volume.name)
            if held and not again:
                return Had(*held, "there")
            return self._fetched(volume, who, held, watch)

    def take_in(self, volume: Volume, who: str, arrived: Arrived, when: datetime) -> None:
        """Keep a volume that came from elsewhere.

        Args:
            volume: Which.
            who: Who keeps it, for messages.
            arrived: What came.
            when: As of when it is.

        Raises:
            OSError: It cannot be kept; what was kept before is as it was.
            SourceError: Another process has been fetching it for too long.
        """
        with self._alone(volume, who):
            record = Record.of(arrived, volume.title(arrived.data), when)
            self.cache.put(volume.name, arrived.data, record)

    def catalogue_title(self, number: int) -> str | None:
        """Return what the catalogue in the cache calls a book; None where it does not tell."""
        return title_of(self._catalogue, number) if self._catalogue else None

    @contextmanager
    def _alone(self, volume: Volume, who: str) -> Iterator[None]:
        """Let no other process write to a volume in the cache during the block."""
        patience = self._options.timeout * PATIENCE
        with ExitStack() as held:
            try:
                held.enter_context(lock(self._locks / f"{volume.name}.lock", patience))
            except TimeoutError as error:
                raise SourceError(
                    f"{who}: another process has been fetching {volume.what} for {patience:g} "
                    "seconds. Wait for it, or end it, and try again."
                ) from error
            yield

    @cached_property
    def _catalogue(self) -> bytes | None:
        held = self.cache.get(CATALOGUE.name)
        return held[0] if held else None

    def _fetched(
        self, volume: Volume, who: str, held: tuple[bytes, Record] | None, watch: Watch
    ) -> Had:
        is_damaged = held is None and self.cache.holds_damaged(volume.name)
        try:
            arrived = self._mirrors.get(self._wanted(volume, held, watch))
        except SourceError as error:
            copy = _DAMAGED_COPY if is_damaged else _GOOD_COPY if held else ""
            raise SourceError(_no_mirror(who, volume, copy, str(error))) from error
        if arrived is None:
            assert held is not None  # nothing else is known to a mirror
            return self._unchanged(volume, *held)
        notes = (_FETCHED_AGAIN,) if is_damaged else ()
        return self._kept(volume, arrived, held, notes)

    def _wanted(self, volume: Volume, held: tuple[bytes, Record] | None, watch: Watch) -> Wanted:
        known = None
        if held:
            _, record = held
            known = Arrived(b"", record.url, record.etag, record.modified)
        half = self.cache.half(volume.name)
        return Wanted(volume.paths, half, volume.why_not, known, watch)

    def _unchanged(self, volume: Volume, data: bytes, record: Record) -> Had:
        try:
            return Had(data, self.cache.note_unchanged(volume.name, record), "same")
        except OSError as error:
            return Had(data, record, "same", unkept=_why(error))

    def _kept(
        self,
        volume: Volume,
        arrived: Arrived,
        held: tuple[bytes, Record] | None,
        notes: tuple[str, ...],
    ) -> Had:
        record = Record.of(arrived, volume.title(arrived.data))
        outcome: Outcome = "new"
        if held:
            outcome = "same" if held[1].sha256 == record.sha256 else "changed"
        unkept = ""
        try:
            self.cache.put(volume.name, arrived.data, record)
        except OSError as error:
            unkept = _why(error)
        return Had(arrived.data, record, outcome, notes, unkept)

    @cached_property
    def _mirrors(self) -> Mirrors:
        return Mirrors.of(self._options, self._locks)


_DAMAGED_COPY = " The copy in the cache is damaged (its sha256 differs) and is not used."
_GOOD_COPY = " The copy in the cache is left as it was."
_FETCHED_AGAIN = "the copy in the cache was damaged (its sha256 differs); it was fetched again"


def _no_mirror(who: str, volume: Volume, copy: str, attempts: str) -> str:
    return (
        f"{who}: no mirror gave {volume.what}.{copy} Tried: {attempts}. "
        "Download it elsewhere and import it: textgen sources import FILE; "
        "or name a mirror, a web address or a folder: --set source.mirrors=MIRROR or "
        f"{MIRRORS_VARIABLE}; or use --source pydoc:topics, which needs no network."
    )


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
