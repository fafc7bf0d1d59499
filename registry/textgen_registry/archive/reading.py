"""An archive of runs as values that have been checked.

An `Archive` has been read to its end, and is as `format` says. Nothing of it is kept: what is asked
for is read anew from the same file and checked anew. Knows nothing of a registry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, BinaryIO

from textgen_registry.archive import shapes
from textgen_registry.archive.format import (
    OBJECT_MEMBER,
    RUN_MEMBER,
    metrics_member,
    object_member,
    run_member,
)
from textgen_registry.archive.members import Members, decode
from textgen_registry.records import MetricPoint
from textgen_registry.runs.flattening import setting_rows

_SESSION = {
    "number": shapes.whole(2**31 - 1),
    "started": shapes.time,
    "first_step": shapes.count,
    "environment": shapes.anything,
    "parts": shapes.object_with(shapes.anything),
}
_ARTIFACT = {
    "name": shapes.text,
    "sha256": shapes.sha256,
    "size": shapes.count,
    "created": shapes.time,
}
_NOTE = {
    "id": shapes.identifier,
    "created": shapes.time,
    "author": shapes.text,
    "text": shapes.text,
}
_EVENT = {
    "id": shapes.identifier,
    "created": shapes.time,
    "author": shapes.text,
    "kind": shapes.text,
    "detail": shapes.anything,
}
_RUN = shapes.object_of(
    {
        "id": shapes.identifier,
        "name": shapes.text,
        "status": shapes.one_of("running", "finished", "interrupted", "failed"),
        "created": shapes.time,
        "started": shapes.time,
        "finished": shapes.optional(shapes.time),
        **dict.fromkeys(("source", "tokenizer", "model", "sampler"), shapes.text),
        "step": shapes.count,
        **dict.fromkeys(("best_loss", "bits_per_char"), shapes.optional(shapes.real)),
        **dict.fromkeys(("config", "provenance", "plan", "summary"), shapes.anything),
        **dict.fromkeys(("sample_prompt", "sample_text", "reason"), shapes.optional(shapes.text)),
        "tags": shapes.list_of(shapes.is_tag),
        "sessions": shapes.list_of(shapes.object_of(_SESSION)),
        "artifacts": shapes.list_of(shapes.object_of(_ARTIFACT)),
        "notes": shapes.list_of(shapes.object_of(_NOTE)),
        "events": shapes.list_of(shapes.object_of(_EVENT)),
    }
)
_POINT = shapes.object_of(
    {
        "name": shapes.text,
        "step": shapes.count,
        "epoch": shapes.real,
        "value": shapes.real,
        "time": shapes.time,
    }
)


class Archive:
    """An archive of runs that is as it should be, open to be read.

    Attributes:
        name: What it is called in messages.
        textgen: The version of textgen that wrote it.
        runs: The ids of its runs, in order.
        objects: The hashes of the files' contents in it, in order.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Read the archive to its end.

        Args:
            file: The archive, which can be read from anywhere.
            name: What to call it in messages.

        Raises:
            ArchiveError: It is no archive of runs, of a newer format, or damaged in any way.
        """
        self.name = name
        self._members = Members(file, name)
        manifest = self._members.manifest
        self.textgen: str = manifest["textgen"]
        paths = sorted(manifest["members"])
        self.runs = tuple(
            dict.fromkeys(found[1] for found in map(RUN_MEMBER.fullmatch, paths) if found)
        )
        self.objects = tuple(found[2] for found in map(OBJECT_MEMBER.fullmatch, paths) if found)
        self._check()

    def run(self, run_id: str) -> dict[str, Any]:
        """Return what is recorded of a run of the archive.

        Raises:
            ArchiveError: It is not as it should be.
        """
        member = run_member(run_id)
        self._require(member)
        values = self._members.document(member)
        try:
            _RUN(values, member)
            _check_run(values, run_id, member)
        except shapes.ShapeError as error:
            raise self._members.error(str(error)) from None
        for file in values["artifacts"]:
            self._require(object_member(file["sha256"]), size=file["size"])
        return values

    def points(self, run_id: str) -> Iterator[MetricPoint]:
        """Yield the figures of a run of the archive, by name, then step.

        Raises:
            ArchiveError: They are not as they should be.
        """
        member = metrics_member(run_id)
        self._require(member)
        before = ("", -1)
        for number, data in enumerate(self._members.lines(member), 1):
            where = f"{member}, line {number}"
            try:
                point = _point(data, where)
                _require_order([before, before := (point.name, point.step)], where)
            except shapes.ShapeError as error:
                raise self._members.error(str(error)) from None
            yield point

    def content(self, sha256: str) -> bytes:
        """Return the object with that hash.

        Raises:
            ArchiveError: It is damaged.
        """
        return self._members.content(object_member(sha256))

    def size(self, sha256: str) -> int:
        """Return the bytes of the object with that hash."""
        return self._members.size(object_member(sha256)) or 0

    def _check(self) -> None:
        named: set[str] = set()
        metrics = 0
        for run_id in self.runs:
            named.update(file["sha256"] for file in self.run(run_id)["artifacts"])
            metrics += sum(1 for _ in self.points(run_id))
        for sha256 in self.objects:
            if sha256 not in named:
                raise self._members.error(f"no run of it has the file {sha256}")
            for _ in self._members.blocks(object_member(sha256)):
                pass
        self._require_counts(runs=len(self.runs), metrics=metrics, objects=len(self.objects))

    def _require(self, member: str, *, size: int | None = None) -> None:
        found = self._members.size(member)
        if found is None:
            raise self._members.error(f"it lacks the member {member}")
        if size not in (None, found):
            raise self._members.error(f"its member {member} has not the size that its run tells")

    def _require_counts(self, **found: int) -> None:
        for what, told in self._members.manifest["counts"].items():
            if told != found[what]:
                raise self._members.error(
                    f"its manifest tells of {told:,} {what}, and it has {found[what]:,}"
                )


def _check_run(values: dict[str, Any], run_id: str, where: str) -> None:
    """Check what the fields of a run have to do with each other."""
    if values["id"] != run_id:
        raise shapes.ShapeError(f"{where} is of another run")
    numbers = [session["number"] for session in values["sessions"]]
    if numbers != list(range(1, len(numbers) + 1)) or not numbers:
        raise shapes.ShapeError(f"{where}.sessions are not numbered from 1 on")
    _require_order(values["tags"], f"{where}.tags")
    _require_order([file["name"] for file in values["artifacts"]], f"{where}.artifacts")
    for key in ("notes", "events"):
        _require_order([(row["created"], row["id"]) for row in values[key]], f"{where}.{key}")
        _require_once([row["id"] for row in values[key]], f"{where}.{key}")
    _require_once([row["key"] for row in setting_rows(values["config"])], f"{where}.config")


def _require_order(items: Sequence[Any], where: str) -> None:
    for one, following in pairwise(items):
        if not one < following:
            raise shapes.ShapeError(f"{where}: out of order, or twice the same")


def _require_once(items: Sequence[str], where: str) -> None:
    if len(set(items)) != len(items):
        raise shapes.ShapeError(f"{where} has something twice")


def _point(data: bytes, where: str) -> MetricPoint:
    value = decode(data, where)
    _POINT(value, where)
    return MetricPoint(**value)
