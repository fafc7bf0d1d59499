"""What is handed out of named models: plain, frozen values.

Knows neither SQL nor files. Times are integers, microseconds since 1970-01-01 UTC; losses are
held-out, in nats per token.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from textgen_registry.records import ArtifactRecord, VersionName, iso_time

# What a version keeps of its run's record.
FIGURES = ("step", "best_loss", "bits_per_char", "summary")


@dataclass(frozen=True)
class VersionRecord:
    """A version of a named model: a run's files and figures as they were when it was registered.

    Attributes:
        model: The model's name.
        number: The version's, from 1; no other version of the model ever gets it.
        run_id: The id of the run that trained it.
        run_name: That run's name now.
        created: When it was registered.
        author: Who registered it, ``user@machine``.
        step: Optimiser steps that the run had taken.
        best_loss: The run's lowest held-out loss by then, None before the first.
        bits_per_char: Held-out bits per character at that loss.
        summary: The run's figures by then.
        aliases: Those that point to it now, in alphabetical order.
        files: What it keeps, in order of name.
    """

    model: str
    number: int
    run_id: str
    run_name: str
    created: int
    author: str
    step: int
    best_loss: float | None
    bits_per_char: float | None
    summary: Mapping[str, Any]
    aliases: tuple[str, ...]
    files: tuple[ArtifactRecord, ...]

    @property
    def name(self) -> VersionName:
        """What it goes by: ``alice@3``."""
        return VersionName(self.model, self.number)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; the time as ISO 8601. A float may still be NaN or infinite."""
        files = [asdict(file) for file in self.files]
        plain = {"created": iso_time(self.created), "aliases": list(self.aliases), "files": files}
        return {"version": str(self.name), **asdict(self), **plain}


@dataclass(frozen=True)
class ModelRecord:
    """A named model.

    Attributes:
        name: Its name.
        created: When its first version was registered.
        versions: Those that there are, in order of number.
    """

    name: str
    created: int
    versions: tuple[VersionRecord, ...]

    @property
    def newest(self) -> VersionRecord | None:
        """The version of the highest number."""
        return self.versions[-1] if self.versions else None

    @property
    def best(self) -> VersionRecord | None:
        """The version of the lowest bits per character, of equal ones the newest."""
        measured = [version for version in self.versions if math.isfinite(_bits(version))]
        return min(reversed(measured), key=_bits, default=None)

    @property
    def aliases(self) -> dict[str, int]:
        """The number that each alias stands for, in alphabetical order."""
        pairs = ((alias, version.number) for version in self.versions for alias in version.aliases)
        return dict(sorted(pairs))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; the times as ISO 8601. A float may still be NaN or infinite."""
        return {
            "name": self.name,
            "created": iso_time(self.created),
            "versions": [version.number for version in self.versions],
            "aliases": self.aliases,
            "newest": _told(self.newest),
            "best": _told(self.best),
        }


@dataclass(frozen=True)
class ModelEvent:
    """Something that was done to a named model.

    Attributes:
        created: When.
        author: By whom, ``user@machine``.
        kind: "registered", "promoted" (an alias was made or moved), "demoted" (an alias was
            removed), or "deleted".
        model: The model's name.
        run_id: The run that trained the version.
        alias: Which alias was moved; None where none was.
        before: The number that the alias stood for, or that was the highest; None for none.
        after: The number that it stands for since then; None where it stands for none.
        step: Optimiser steps, and next the figures, of the version that it is about.
        best_loss: Lowest held-out loss.
        bits_per_char: Held-out bits per character at that loss.
    """

    created: int
    author: str
    kind: str
    model: str
    run_id: str
    alias: str | None
    before: int | None
    after: int | None
    step: int
    best_loss: float | None
    bits_per_char: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; the time as ISO 8601. A float may still be NaN or infinite."""
        return {**asdict(self), "created": iso_time(self.created)}


class Registration(NamedTuple):
    """What came of registering a run.

    Attributes:
        version: The version that the run is.
        is_new: Whether it was made now; else the same files of the run had been registered before.
    """

    version: VersionRecord
    is_new: bool


def _bits(version: VersionRecord) -> float:
    return math.inf if version.bits_per_char is None else version.bits_per_char


def _told(version: VersionRecord | None) -> dict[str, Any] | None:
    if version is None:
        return None
    told = ("number", "run_id", "run_name", "step", "best_loss", "bits_per_char")
    return {**{name: getattr(version, name) for name in told}, "created": iso_time(version.created)}
