"""An archive holds all that is recorded of its runs, is plain, and is always the same."""

from __future__ import annotations

import hashlib
import json
import math
import resource
import shutil
import tracemalloc
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from textgen.errors import ArchiveError, DamagedArtifactError, RunNotFoundError, UsageError
from textgen_registry import MetricPoint, Registry
from textgen_registry.archive import export_runs
from textgen_registry.marking import unmark
from textgen_registry.runs.changes import remove_run

FIRST_RELEASE = Path(__file__).parents[1] / "first_release"


@pytest.fixture
def two_runs(registry, make_run):
    """Two finished runs that share a file."""
    runs = [make_run("one", tags=["b", "a"]), make_run("two")]
    for number, run in enumerate(runs):
        registry.add_metrics(
            run.id, [MetricPoint(step, 0.5, "loss", 3.0 - step, step) for step in range(3)]
        )
        registry.put_artifacts(run.id, {"own": b"own %d" % number, "shared": b"shared"})
        registry.finish_run(
            run.id,
            status="finished",
            step=3,
            summary={"best_step": 2},
            reason="all steps taken",
            best_loss=1.0,
            bits_per_char=math.nan,
        )
    return [run.id for run in runs]


@pytest.fixture
def export(registry, tmp_path):
    """Exports runs; returns the archive's path."""

    def make(run_ids, name="runs.zip", *, of=registry):
        export_runs(of, run_ids, tmp_path / name)
        return tmp_path / name

    return make


def strictly(data):
    """Read a JSON document as a reader would that knows neither NaN nor anything but ASCII."""
    return json.loads(data.decode("ascii"), parse_constant=lambda word: pytest.fail(word))


def test_an_archive_is_a_zip_file_that_its_manifest_describes(export, two_runs):
    with ZipFile(export(two_runs)) as archive:
        manifest = strictly(archive.read("manifest.json"))
        members = {info.filename: archive.read(info) for info in archive.infolist()}
        assert {info.compress_type for info in archive.infolist()} == {ZIP_STORED}
    del members["manifest.json"]
    assert manifest["format"] == 1
    assert manifest["counts"] == {"runs": 2, "metrics": 6, "objects": 3}
    assert manifest["members"] == {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for name, data in members.items()
    }
    objects = [data for name, data in members.items() if name.startswith("objects/sha256/")]
    assert sorted(objects) == [b"own 0", b"own 1", b"shared"]


def test_everything_recorded_of_a_run_is_in_it_as_strict_json(export, registry, make_run):
    config = {"model": {"rate": math.inf, "name": "\udcff"}, "odd": {"$float": "nan"}}
    run = make_run("odd", config=config, tags=["b", "a"])
    points = [MetricPoint(1, 0.1, "loss", math.nan, 5), MetricPoint(2, 0.2, "Z", -math.inf, 6)]
    registry.add_metrics(run.id, points)  # not stored yet
    registry.put_artifacts(run.id, {"weights": b"w"})
    registry.set_sample(run.id, "Once", " upon\n\x1b[31m\x00 –")
    with ZipFile(export([run.id])) as archive:
        values = strictly(archive.read(f"runs/{run.id}/run.json"))
        lines = archive.read(f"runs/{run.id}/metrics.jsonl").splitlines()
    assert values["config"]["model"]["rate"] == {"$float": "inf"}
    assert values["config"]["odd"] == {"$float": ["nan"]}
    values = unmark(values)
    assert values["config"] == config
    assert [strictly(line) for line in lines] == [
        {"epoch": 0.2, "name": "Z", "step": 2, "time": 6, "value": {"$float": "-inf"}},
        {"epoch": 0.1, "name": "loss", "step": 1, "time": 5, "value": {"$float": "nan"}},
    ]
    assert (values["id"], values["name"], values["status"]) == (run.id, "odd", "running")
    assert (values["created"], values["tags"]) == (run.created, ["a", "b"])
    assert values["sample_text"] == " upon\n\x1b[31m\x00 –"
    assert [session["environment"] for session in values["sessions"]] == [run.environment]
    assert [(file["name"], file["size"]) for file in values["artifacts"]] == [("weights", 1)]
    assert [event["kind"] for event in values["events"]] == ["created"]
    assert not {"lease", "deleted"} & values.keys()


def test_the_same_runs_give_the_same_bytes_in_whatever_order_they_are_named(export, two_runs):
    one = export(two_runs, "one.zip").read_bytes()
    assert export([*reversed(two_runs), two_runs[0]], "two.zip").read_bytes() == one


def test_a_registry_of_the_first_release_is_exported(export, tmp_path):
    shutil.copytree(FIRST_RELEASE, tmp_path / "old")
    old = Registry(tmp_path / "old")
    expected = json.loads((FIRST_RELEASE / "expected.json").read_text())
    with ZipFile(export([run["id"] for run in expected], of=old)) as archive:
        assert strictly(archive.read("manifest.json"))["counts"]["runs"] == len(expected)
        for run in expected:
            values = strictly(archive.read(f"runs/{run['id']}/run.json"))
            assert (values["name"], values["created"]) == (run["name"], run["created"])
            assert len(values["artifacts"]) == len(run["artifacts"])


def test_all_damaged_files_are_named_and_nothing_is_written(export, registry, two_runs, tmp_path):
    for number in range(2):
        (path,) = (registry.location.path / "objects").rglob(
            hashlib.sha256(b"own %d" % number).hexdigest()
        )
        path.write_bytes(b"other") if number else path.unlink()
    with pytest.raises(DamagedArtifactError) as refusal:
        export(two_runs)
    for run_id in two_runs:
        assert f"'own' of run {run_id}" in str(refusal.value)
    assert "shared" not in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["registry"]


def test_a_file_that_is_there_is_kept_unless_told_otherwise(registry, two_runs, tmp_path):
    path = tmp_path / "runs.zip"
    path.write_text("precious")
    with pytest.raises(UsageError, match="is there already"):
        export_runs(registry, two_runs, path)
    for no_file in (tmp_path, Path("/dev/null")):
        with pytest.raises(UsageError, match="no regular file"):
            export_runs(registry, two_runs, no_file, overwrite=True)
    assert path.read_text() == "precious"
    export_runs(registry, two_runs, path, overwrite=True)
    assert ZipFile(path).testzip() is None


def test_a_run_that_is_not_there_is_refused(export, registry, two_runs, tmp_path):
    registry.database.write(lambda connection: remove_run(connection, two_runs[0]))
    with pytest.raises(RunNotFoundError, match=two_runs[0]):
        export(two_runs)
    assert not (tmp_path / "runs.zip").exists()


@contextmanager
def largest_file(size):
    """No file grows beyond ``size`` in the block, as where a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_leaves_nothing_half_written(export, two_runs, tmp_path):
    with largest_file(3000), pytest.raises(ArchiveError, match=r"runs\.zip cannot be written"):
        export(two_runs)
    assert [path.name for path in tmp_path.iterdir()] == ["registry"]


def test_a_file_that_is_replaced_meanwhile_is_no_damage(export, registry, make_run, monkeypatch):
    """A run that is being trained replaces its checkpoint between its rows and its objects."""
    run = make_run()
    registry.put_artifacts(run.id, {"last": b"old"})
    read = registry.files.read_object

    def replaced_first(sha256):
        monkeypatch.undo()
        registry.put_artifacts(run.id, {"last": b"new"})
        return read(sha256)

    monkeypatch.setattr(registry.files, "read_object", replaced_first)
    with ZipFile(export([run.id])) as archive:
        objects = [archive.read(name) for name in archive.namelist() if "objects/" in name]
    assert objects == [b"new"]


def test_large_files_are_in_memory_one_at_a_time_and_once(export, registry, make_run):
    size = 8 << 20
    run = make_run()
    registry.put_artifacts(run.id, {str(number): bytes([number]) * size for number in range(4)})
    tracemalloc.start()
    try:
        export([run.id])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size <= peak < 2 * size
