"""Runs of a registry become one archive.

Knows what is in a registry and what goes where in an archive, nothing of who reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import Connection

from textgen.errors import ArchiveError, DamagedArtifactError, UsageError
from textgen.files import open_atomic, sha256_of
from textgen_registry.archive.format import (
    FORMAT,
    LARGEST_DOCUMENT,
    MANIFEST,
    document,
    line,
    metrics_member,
    object_member,
    run_member,
)
from textgen_registry.archive.snapshot import Snapshot, take_snapshot
from textgen_registry.records import MetricPoint
from textgen_registry.runs.finding import require_run
from textgen_registry.store import Registry

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip file can tell
_UNIX = 3
_READABLE_FILE = 0o100644 << 16
_ATTEMPTS = 3


@dataclass(frozen=True)
class Exported:
    """What an archive holds.

    Attributes:
        runs: Their ids.
        metrics: How many figures.
        files: How many files the runs have together; equal ones are in the archive once.
        size: Bytes of the archive.
        versions: How many versions of named models were made of the runs; they are not in it.
    """

    runs: tuple[str, ...]
    metrics: int
    files: int
    size: int
    versions: int


def export_runs(
    registry: Registry, run_ids: Iterable[str], path: Path, *, overwrite: bool = False
) -> Exported:
    """Write an archive of runs, which appears complete or not at all.

    Args:
        registry: Where the runs are.
        run_ids: Which; their order does not matter.
        path: The archive.
        overwrite: Whether a file that is there is replaced.

    Raises:
        UsageError: There is a file of that name, or a folder or device.
        DamagedArtifactError: Files of the runs are damaged: names them all.
        RegistryError: The registry cannot be read, or the archive not be written.
    """
    if path.exists() and not path.is_file():
        raise UsageError(f"archive {path}: that is no regular file. Name another.")
    if path.exists() and not overwrite:
        raise UsageError(f"archive {path} is there already. Name another file, or say --force.")
    try:
        with open_atomic(path.resolve()) as file:
            return write_archive(registry, run_ids, file)
    except OSError as error:
        raise ArchiveError(
            f"archive {path} cannot be written ({error.strerror}); nothing is left of it. "
            "Check the disk and the folder, or name another file."
        ) from error


def write_archive(registry: Registry, run_ids: Iterable[str], file: BinaryIO) -> Exported:
    """Write an archive of runs to a file that is empty and can be written anew.

    Raises:
        DamagedArtifactError: Files of the runs are damaged: names them all.
        RegistryError: The registry cannot be read.
        OSError: The file cannot be written.
    """
    registry.flush()
    ordered = sorted(set(run_ids))
    for _ in range(_ATTEMPTS):
        file.seek(0)
        file.truncate()
        # A run that is being trained may be given other files meanwhile, and lose the old ones.
        with suppress(_ChangedError):
            return _written(registry, ordered, file)
    raise ArchiveError(
        "the runs are given new files more quickly than they can be exported. "
        "Export those that are being trained when they have ended."
    )


class _ChangedError(Exception):
    """A run has other files than a moment ago."""


def _written(registry: Registry, run_ids: Sequence[str], file: BinaryIO) -> Exported:
    files = metrics = versions = 0
    needed: dict[str, list[tuple[str, str]]] = {}
    with ZipFile(file, "w") as archive:
        writer = _Writer(archive)
        for run_id in run_ids:
            snapshot = _snapshot(registry, run_id)
            writer.put_run(run_id, snapshot)
            metrics += len(snapshot.points)
            versions += snapshot.versions
            files += len(snapshot.values["artifacts"])
            for kept in snapshot.values["artifacts"]:
                needed.setdefault(kept["sha256"], []).append((run_id, kept["name"]))
        _put_objects(registry, writer, needed)
        writer.finish(runs=len(run_ids), metrics=metrics, objects=len(needed))
    return Exported(tuple(run_ids), metrics, files, file.tell(), versions)


def _snapshot(registry: Registry, run_id: str) -> Snapshot:
    def take(connection: Connection) -> Snapshot:
        require_run(connection, run_id, registry.location)
        return take_snapshot(connection, run_id)

    return registry.database.read(take)


def _put_objects(
    registry: Registry, writer: _Writer, needed: dict[str, list[tuple[str, str]]]
) -> None:
    """Put objects in order of their hashes.

    Args:
        registry: Where they are.
        writer: Where they go.
        needed: For each hash, the runs that need it and what they call it.

    Raises:
        DamagedArtifactError: Some cannot be read.
    """
    damaged: list[str] = []
    for sha256, users in sorted(needed.items()):
        try:
            writer.put(object_member(sha256), registry.files.read_object(sha256))
        except DamagedArtifactError:
            if any(sha256 not in _snapshot(registry, run_id).hashes() for run_id, _ in users):
                raise _ChangedError from None
            damaged += [f"{name!r} of run {run_id}" for run_id, name in users]
    if damaged:
        raise DamagedArtifactError(
            f"registry {registry.location}: missing or damaged: {', '.join(damaged)}. Nothing was "
            "written. Restore these files from a backup, or export the other runs."
        )


class _Writer:
    """An archive that is being written."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._members: dict[str, dict[str, Any]] = {}

    def put_run(self, run_id: str, snapshot: Snapshot) -> None:
        """Write what is recorded of a run."""
        data = document(snapshot.values)
        if len(data) > LARGEST_DOCUMENT:
            raise ArchiveError(
                f"run {run_id} has {len(data):,} bytes of settings and texts, and an archive holds "
                f"at most {LARGEST_DOCUMENT:,}. Export the other runs."
            )
        self.put(run_member(run_id), data)
        name = metrics_member(run_id)
        # How long it will be is not known, so that the header says how long in 64 bits.
        with self._archive.open(_info(name), "w", force_zip64=True) as member:
            self._members[name] = _write_points(member, snapshot.points)

    def put(self, name: str, data: bytes) -> None:
        """Write a member."""
        self._archive.writestr(_info(name), data)
        self._members[name] = {"sha256": sha256_of(data), "size": len(data)}

    def finish(self, **counts: int) -> None:
        """Write the manifest."""
        manifest = {
            "format": FORMAT,
            "textgen": _textgen_version(),
            "counts": counts,
            "members": self._members,
        }
        self._archive.writestr(_info(MANIFEST), document(manifest))


def _write_points(member: IO[bytes], points: Iterable[MetricPoint]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    for point in points:
        data = line(vars(point))
        member.write(data)
        digest.update(data)
        size += len(data)
    return {"sha256": digest.hexdigest(), "size": size}


def _info(name: str) -> ZipInfo:
    """Return a member's header, the same on every system and at any time."""
    info = ZipInfo(name, date_time=_EARLIEST)
    info.compress_type = ZIP_STORED
    info.create_system = _UNIX
    info.external_attr = _READABLE_FILE
    return info


def _textgen_version() -> str:
    try:
        return version("textgen-framework")
    except PackageNotFoundError:
        return "unknown"
