"""Whether a run that was trained again came out the same, and what may be why not.

Knows records, figures and files, and of the files how tensors lie in safetensors; trains nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from textgen_registry.comparison.compare import compare
from textgen_registry.comparison.settings import SettingDifference
from textgen_registry.records import RunRecord, RunRow
from textgen_registry.runs.journal import log
from textgen_registry.runs.naming import unused_name
from textgen_registry.sessions import session_differences
from textgen_registry.store import Registry

_TENSORS = ".safetensors"

# Names with this word tell of the clock: "seconds", "tokens_per_second".
_TIME = "second"

_Pair = tuple[float | None, float | None]


@dataclass(frozen=True)
class FileVerdict:
    """A file that at least one of the runs keeps.

    Attributes:
        name: Its name ("best.safetensors").
        sha256: Of its contents in either run, None where the run has no such file.
        same: Whether its contents are the same; in a safetensors file the names, types, shapes
            and bytes of all tensors, whatever is noted beside them, such as the time of training.
        differing: Names of the tensors that are not the same, or that only one of them has.
    """

    name: str
    sha256: tuple[str | None, str | None]
    same: bool
    differing: tuple[str, ...] = ()


@dataclass(frozen=True)
class FigureDifference:
    """A figure that is not the same in both runs.

    Attributes:
        step: Optimiser steps taken when it was measured.
        name: What was measured.
        values: In the original and in the other run, None where it was not measured.
    """

    step: int
    name: str
    values: tuple[float | None, float | None]


@dataclass(frozen=True)
class Verdict:
    """Whether two runs came out the same. Every pair is of the original, then of the other run.

    Attributes:
        original: The run that was to be reproduced.
        again: The run that was trained again.
        steps: Optimiser steps taken.
        files: What was found of each file, by name.
        sample: Whether prompt and sample are the same text; None where the original has none.
        figures: How many figures were compared: all but times, as far as both runs went.
        figures_differing: How many of them are not the same.
        first_difference: The earliest of these.
        losses: Lowest held-out losses, nats per token.
        settings: Which settings, part versions, packages, texts and environments differ.
        sessions: What was not the same in all sessions of the original, as `session_differences`
            gives it: no other run can be trained under both.
    """

    original: RunRow
    again: RunRow
    steps: tuple[int, int]
    files: tuple[FileVerdict, ...]
    sample: bool | None
    figures: int
    figures_differing: int
    first_difference: FigureDifference | None
    losses: tuple[float | None, float | None]
    settings: tuple[SettingDifference, ...]
    sessions: Mapping[str, tuple[Any, ...]]

    @property
    def identical(self) -> bool:
        """Whether all that was compared is the same; False where there are no files to compare."""
        return (
            bool(self.files)
            and all(file.same for file in self.files)
            and self.sample is not False
            and not self.figures_differing
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values. A float may still be NaN or infinite."""
        runs = {"original": self.original.as_dict(), "again": self.again.as_dict()}
        return {"identical": self.identical, **asdict(self), **runs}


def same_results(registry: Registry, original: RunRecord, again: RunRecord) -> Verdict:
    """Compare what two runs of one registry left: files, figures, sample.

    Of an original that did not finish, the figures after its last step count only where both runs
    have them: it may have been stopped before it recorded all of them.

    Args:
        registry: Where their files and figures are.
        original: The run that was to be reproduced.
        again: The run that was trained again.

    Raises:
        RunNotFoundError: One of them is gone by now.
        DamagedArtifactError: A stored file is missing, or is not what was stored.
        RegistryError: The registry cannot be read.
    """
    pairs = _pairs(registry, original, again)
    differing = [
        FigureDifference(step, name, pair)
        for (step, name), pair in pairs.items()
        if repr(pair[0]) != repr(pair[1])  # NaN is NaN
    ]
    return Verdict(
        original=original.row(),
        again=again.row(),
        steps=(original.step, again.step),
        files=tuple(_files(registry, original, again)),
        sample=_same_sample(original, again),
        figures=len(pairs),
        figures_differing=len(differing),
        first_difference=differing[0] if differing else None,
        losses=(original.best_loss, again.best_loss),
        settings=compare(registry, [original, again]).settings,
        sessions=session_differences(registry.sessions(original.id)),
    )


def log_verdict(registry: Registry, verdict: Verdict) -> None:
    """Write down in the log of events, with the original, that it was trained again."""
    detail = {
        "again": verdict.again.id,
        "identical": verdict.identical,
        "files": {file.name: file.same for file in verdict.files},
        "sample": verdict.sample,
        "figures_differing": verdict.figures_differing,
        "losses": verdict.losses,
    }
    original = verdict.original.id
    registry.database.write(
        lambda connection: log(connection, "reproduced", run_id=original, detail=detail)
    )


def name_for_again(registry: Registry, original: RunRecord) -> str:
    """Return a free name for a run that trains another one again: ``NAME-again``."""
    stem = f"{original.name}-again"
    return registry.database.read(lambda connection: unused_name(connection, stem))


def _pairs(
    registry: Registry, original: RunRecord, again: RunRecord
) -> dict[tuple[int, str], _Pair]:
    """Return what both runs measured, by step and name, as far as both went."""
    last = min(original.step, again.step)
    one, other = (_figures(registry, run, last) for run in (original, again))
    keys = sorted({*one, *other})
    if original.status != "finished":
        keys = [key for key in keys if key[0] < last or (key in one and key in other)]
    return {key: (one.get(key), other.get(key)) for key in keys}


def _figures(registry: Registry, run: RunRecord, last: int) -> dict[tuple[int, str], float]:
    points = registry.metrics(run)
    wanted = [point for point in points if point.step <= last and _TIME not in point.name]
    return {(point.step, point.name): point.value for point in wanted}


def _same_sample(original: RunRecord, again: RunRecord) -> bool | None:
    if original.sample_text is None:
        return None
    samples = [(run.sample_prompt, run.sample_text) for run in (original, again)]
    return samples[0] == samples[1]


def _files(registry: Registry, original: RunRecord, again: RunRecord) -> Iterator[FileVerdict]:
    one, other = (
        {file.name: file.sha256 for file in registry.artifacts(run)} for run in (original, again)
    )
    for name in sorted({*one, *other}):
        sha256 = (one.get(name), other.get(name))
        if None in sha256 or sha256[0] == sha256[1] or not name.endswith(_TENSORS):
            yield FileVerdict(name, sha256, same=sha256[0] == sha256[1])
        else:
            files = [registry.read_artifact(run, name) for run in (original, again)]
            differing = _differing_tensors(*files)
            yield FileVerdict(name, sha256, same=differing == (), differing=differing or ())


def _differing_tensors(one: bytes, other: bytes) -> tuple[str, ...] | None:
    """Return the names of the tensors that differ; None where a file is no safetensors file."""
    try:
        first, second = _tensors(one), _tensors(other)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return tuple(sorted(name for name in {*first, *second} if first.get(name) != second.get(name)))


def _tensors(data: bytes) -> dict[str, tuple[Any, ...]]:
    """Return type, shape and bytes of each tensor of a safetensors file.

    Format: https://github.com/huggingface/safetensors
    """
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    header.pop("__metadata__", None)
    content = memoryview(data)[begin:]
    return {
        name: (tensor["dtype"], tensor["shape"], content[slice(*tensor["data_offsets"])])
        for name, tensor in header.items()
    }
