"""What the registry hands out: plain, frozen values.

Knows neither SQL nor files. Times are integers, microseconds since 1970-01-01 UTC; losses are
held-out, in nats per token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

# A run is lost that has not ended and that no living process trains: it can be resumed.
Status = Literal["running", "finished", "interrupted", "failed", "lost"]

# Of what is recorded of a part, what tells whether two runs used the same one.
TELLING_FIELDS = ("package", "version")

_TIMES = ("created", "started", "finished", "deleted")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso_time(microseconds: int) -> str:
    """Return a time as ISO 8601 in UTC, to the microsecond."""
    # Not fromtimestamp: a float of seconds cannot hold every microsecond.
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat(timespec="microseconds")


def local_minute(microseconds: int) -> str:
    """Return a time as the user's clock showed it, to the minute."""
    return (_EPOCH + timedelta(microseconds=microseconds)).astimezone().strftime("%Y-%m-%d %H:%M")


class VersionName(NamedTuple):
    """What a version of a named model goes by; as text, ``alice@3``."""

    model: str
    number: int

    def __str__(self) -> str:
        return f"{self.model}@{self.number}"


@dataclass(frozen=True)
class RunRow:
    """What a listing shows of a run.

    Attributes:
        id: The run's id; ids sort by time.
        name: The run's name, which no other run of the registry has.
        status: How the run stands.
        created: When it was created.
        source: Corpus source with its locator ("gutenberg:alice").
        tokenizer: The tokenizer's name.
        model: The model's name.
        sampler: The sampler's name.
        best_loss: Lowest held-out loss so far, None before the first.
        bits_per_char: Held-out bits per character at that loss.
        tags: In alphabetical order.
    """

    id: str
    name: str
    status: Status
    created: int
    source: str
    tokenizer: str
    model: str
    sampler: str
    best_loss: float | None
    bits_per_char: float | None
    tags: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; the time as ISO 8601. A float may still be NaN or infinite."""
        return {**asdict(self), "created": iso_time(self.created), "tags": list(self.tags)}


@dataclass(frozen=True)
class RunRecord:
    """Everything that is recorded of a run once, and its tags.

    Attributes:
        started: When it was last started: created, or resumed.
        finished: When it ended, None while it is running.
        step: Optimiser steps taken.
        config: The whole configuration, every default filled in.
        parts: For each kind, the part's name, plugin, package and version, in the first session.
        provenance: Where the corpus came from, with checksums.
        environment: Versions, device and threads that the result of the first session depends on.
        plan: What the run set out to do.
        summary: Final figures, empty before the first.
        sample_prompt: What the sample continues.
        sample_text: What the run wrote after the prompt.
        reason: Why the run ended, in words.
        version: The version of a named model that the record stands for, None for the run itself.
            Its step, figures and summary, and the files that are read by it, are the version's.
            A sample that was written later is left out.
        deleted: When it was put into the trash, None where it is not there.

    The other attributes are those of `RunRow`.
    """

    id: str
    name: str
    status: Status
    created: int
    started: int
    finished: int | None
    source: str
    tokenizer: str
    model: str
    sampler: str
    step: int
    best_loss: float | None
    bits_per_char: float | None
    config: Mapping[str, Any]
    parts: Mapping[str, Any]
    provenance: Mapping[str, Any]
    environment: Mapping[str, Any]
    plan: Mapping[str, Any]
    summary: Mapping[str, Any]
    sample_prompt: str | None
    sample_text: str | None
    reason: str | None
    deleted: int | None
    tags: tuple[str, ...]
    version: VersionName | None = None

    @property
    def keeper(self) -> str | VersionName:
        """Whose its files are: the version's that it stands for, else the run's, by its id."""
        return self.version or self.id

    def row(self) -> RunRow:
        """Return what a listing shows of it; a version goes by its own name there."""
        columns = {field.name: getattr(self, field.name) for field in fields(RunRow)}
        return RunRow(
            **{**columns, "name": self.name if self.version is None else str(self.version)}
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; times as ISO 8601. A float may still be NaN or infinite."""
        times = {name: getattr(self, name) for name in _TIMES}
        readable = {name: None if at is None else iso_time(at) for name, at in times.items()}
        version = None if self.version is None else str(self.version)
        return {**asdict(self), **readable, "tags": list(self.tags), "version": version}


@dataclass(frozen=True)
class TrashedRun:
    """A run in the trash.

    Attributes:
        id: The run's id.
        name: What it was called; another run may have the name by now.
        deleted: When it was put there.
    """

    id: str
    name: str
    deleted: int


@dataclass(frozen=True)
class NoteRecord:
    """What somebody wrote down about a run.

    Attributes:
        id: The note's id; ids sort by time.
        created: When it was written.
        author: Who wrote it: ``user@machine``.
        text: One line or many.
    """

    id: str
    created: int
    author: str
    text: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; the time as ISO 8601."""
        return {**asdict(self), "created": iso_time(self.created)}


@dataclass(frozen=True)
class MetricPoint:
    """One figure measured during a run.

    Attributes:
        step: Optimiser steps taken when it was measured.
        epoch: Passes over the training text by then.
        name: What was measured ("validation_loss").
        value: The figure; NaN and infinities are kept.
        time: When it was measured.
    """

    step: int
    epoch: float
    name: str
    value: float
    time: int


@dataclass(frozen=True)
class ArtifactRecord:
    """A file that a run keeps.

    Attributes:
        name: Its name within the run ("last.safetensors").
        sha256: Of its contents, 64 hexadecimal digits.
        size: In bytes.
    """

    name: str
    sha256: str
    size: int
