"""Gets a file from the first mirror that has it: web servers and folders alike.

One request at a time. A path that is not there leads to the next path, any other failure to the
next mirror; every outcome is kept for the message. Knows nothing of the cache.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from textgen import SourceError
from textgen_plugins.sources.half_download import HalfDownload
from textgen_plugins.sources.options import GutenbergOptions, check_mirror
from textgen_plugins.sources.web_download import (
    Arrived,
    Download,
    Limits,
    NotThereError,
    UnusableError,
)
from textgen_plugins.sources.web_pace import Pace

DEFAULT_MIRRORS = (
    "https://www.gutenberg.org",
    "https://aleph.pglaf.org",
    "https://gutenberg.pglaf.org",
)
MIRRORS_VARIABLE = "TEXTGEN_GUTENBERG_MIRRORS"
CATALOGUE_PATHS = ("cache/epub/feeds/pg_catalog.csv",)


def paths_of(number: int) -> tuple[str, ...]:
    """Return where mirrors keep a book, newest layout first."""
    digits = str(number)
    folder = "/".join((*(digits[:-1] or "0"), digits))
    return (
        f"cache/epub/{number}/pg{number}.txt",
        f"{folder}/{number}-0.txt",
        f"{folder}/{number}.txt",
        f"{folder}/{number}-8.txt",
    )


@dataclass(frozen=True)
class Wanted:
    """A file and what is known of it.

    Attributes:
        paths: Where mirrors keep it, in the order to try.
        half: What is left of a download of it that broke off.
        why_not: Says why what came is not what is wanted; None when it is.
        known: The version that is here already, if it may be left there.
        watch: Told again and again how much has come, from 0 to 1.
    """

    paths: Sequence[str]
    half: HalfDownload
    why_not: Callable[[Arrived], str | None]
    known: Arrived | None
    watch: Callable[[float], None]


@dataclass(frozen=True)
class Mirrors:
    """Where files are looked for, in this order, by the options of the source.

    Attributes:
        places: Web addresses and folders.
        limits: How long to wait and how much to accept.
        pace: How often a server is asked.
    """

    places: Sequence[str]
    limits: Limits
    pace: Pace

    @classmethod
    def of(cls, options: GutenbergOptions, folder: Path) -> Mirrors:
        """Return the mirrors of the options, else of the environment, else the usual ones.

        Args:
            options: The options of the source.
            folder: Where the times of requests are kept.

        Raises:
            SourceError: A mirror in the environment is neither a web address nor a folder.
        """
        places = options.mirrors or tuple(_mirrors_in_environment()) or DEFAULT_MIRRORS
        limits = Limits(options.timeout, options.max_bytes)
        return cls(places, limits, Pace(folder, options.pause))

    def get(self, wanted: Wanted) -> Arrived | None:
        """Return a file; None if it is the version that is known.

        Raises:
            SourceError: No mirror has it; the message lists every attempt.
        """
        attempts: list[str] = []
        for mirror in self.places:
            for path in wanted.paths:
                place = f"{mirror.rstrip('/')}/{path}"
                try:
                    return self._from(place, mirror, wanted)
                except NotThereError as problem:
                    attempts.append(f"{place}: {problem}")
                except UnusableError as problem:
                    attempts.append(f"{place}: {problem}")
                    break
        raise SourceError("; ".join(attempts))

    def _from(self, place: str, mirror: str, wanted: Wanted) -> Arrived | None:
        if not mirror.lower().startswith(("https://", "http://")):
            arrived: Arrived | None = self._read(place, mirror)
        else:
            known = wanted.known if wanted.known and wanted.known.origin == place else None
            download = Download(place, self.limits, self.pace, wanted.half, known, wanted.watch)
            arrived = download.run()
        objection = arrived and wanted.why_not(arrived)
        if objection:
            wanted.half.drop()
            raise UnusableError(objection)
        return arrived

    def _read(self, place: str, mirror: str) -> Arrived:
        try:
            if not Path(mirror).expanduser().is_dir():
                raise UnusableError("no such folder; a mirror on the web begins with https://")
            path = Path(place).expanduser().absolute()
            self.limits.check_size(path.stat().st_size)
            return Arrived(path.read_bytes(), str(path))
        except FileNotFoundError:
            raise NotThereError("no such file") from None
        except (OSError, ValueError, RuntimeError) as error:
            raise UnusableError(getattr(error, "strerror", None) or str(error)) from error


def _mirrors_in_environment() -> Iterator[str]:
    for mirror in os.environ.get(MIRRORS_VARIABLE, "").split(","):
        if mirror.strip():
            try:
                check_mirror(mirror.strip())
            except ValueError as error:
                raise SourceError(f"{MIRRORS_VARIABLE}: {error}") from error
            yield mirror.strip()
