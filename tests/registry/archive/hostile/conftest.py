"""A good archive, what makes others of it, and why these are refused."""

from __future__ import annotations

import hashlib
import io
import json
from zipfile import ZipFile, ZipInfo

import pytest

from textgen.errors import ArchiveError
from textgen_registry import MetricPoint, Registry
from textgen_registry.archive import Archive, export_runs, import_archive


@pytest.fixture(scope="session")
def good(tmp_path_factory):
    """The bytes of a good archive of one run."""
    folder = tmp_path_factory.mktemp("good")
    registry = Registry(folder / "registry")
    parts = dict.fromkeys(("source", "tokenizer", "model", "sampler"), "x")
    plain = {key: {"a": 1.5} for key in ("parts", "provenance", "environment", "plan")}
    config = {"model": {"rate": float("inf")}}
    run = registry.create_run(
        name="good", tags=["a", "b"], config=config, **parts, **{**plain, "parts": {"model": {}}}
    )
    points = [MetricPoint(step, 0.5, "loss", 1.0, step) for step in range(1, 4)]
    registry.add_metrics(run.id, points)
    registry.put_artifacts(run.id, {"weights": b"weights" * 20, "tokenizer": b"{}"})
    export_runs(registry, [run.id], folder / "good.zip")
    return (folder / "good.zip").read_bytes()


@pytest.fixture
def members_of():
    """Returns the contents of an archive's members, by name."""

    def read(data):
        with ZipFile(io.BytesIO(data)) as archive:
            return {info.filename: archive.read(info) for info in archive.infolist()}

    return read


@pytest.fixture
def zipped():
    """Makes a zip file of members; ``headers`` are fields of every member's header."""

    def make(members, **headers):
        file = io.BytesIO()
        with ZipFile(file, "w") as archive:
            for name, data in members.items():
                info = ZipInfo(name)
                for field, value in headers.items():
                    setattr(info, field, value)
                archive.writestr(info, data)
        return file.getvalue()

    return make


@pytest.fixture
def packed(zipped):
    """Makes an archive of members, with a manifest that describes them."""

    def make(members):
        members = dict(members)
        manifest = json.loads(members.pop("manifest.json"))
        manifest["members"] = {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in members.items()
        }
        return zipped({**members, "manifest.json": json.dumps(manifest).encode()})

    return make


@pytest.fixture
def run_of():
    """Returns the name and the values of the one run among some members."""

    def read(members):
        (name,) = (name for name in members if name.endswith("run.json"))
        return name, json.loads(members[name])

    return read


@pytest.fixture
def metrics_of():
    """Returns the name and the lines of the one file of figures among some members."""

    def read(members):
        (name,) = (name for name in members if name.endswith("metrics.jsonl"))
        return name, members[name].splitlines(keepends=True)

    return read


@pytest.fixture
def refusal_of(tmp_path):
    """Returns why an archive is refused, which must leave the file system as it was."""

    def refuse(data):
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(ArchiveError) as refusal:
            import_archive(Registry(tmp_path / "other"), Archive(io.BytesIO(data), "bad.zip"))
        message = str(refusal.value)
        assert message.startswith("archive bad.zip: ")
        assert message.isprintable()
        assert len(message) < 600
        assert sorted(tmp_path.rglob("*")) == before
        return message

    return refuse
