"""`textgen runs export` and `textgen runs import`: what they say, to people and to programs."""

from __future__ import annotations

import subprocess
import sys
from zipfile import ZipFile

import pytest

from textgen.units import bytes_text
from textgen_registry import Registry
from textgen_registry.database.schema import model, model_version


@pytest.fixture
def archive(textgen, trained, tmp_path):
    """An archive of both trained runs."""
    path = tmp_path / "runs.zip"
    assert textgen("runs", "export", "--all", "--output", path, "--registry", trained).code == 0
    return path


def test_export_tells_what_was_exported_and_where(textgen, trained, tmp_path):
    path = tmp_path / "plain.zip"
    done = textgen("runs", "export", "plain", "--output", path, "--registry", trained)
    size = path.stat().st_size
    assert (done.code, done.out) == (0, "")
    assert done.err == f"exported to {path}: 1 run, 3 files, {bytes_text(size)}\n"


def test_export_tells_programs_the_same(textgen, trained, tmp_path):
    path = tmp_path / "runs.zip"
    words = ("runs", "export", "plain", "wider", "--output", path, "--registry", trained)
    told = textgen(*words, "--json").json
    assert (told["archive"], told["files"], told["size"]) == (str(path), 6, path.stat().st_size)
    assert sorted(told["runs"]) == sorted(row.id for row in Registry(trained).runs())
    assert told["metrics"] > 100


def test_named_models_that_are_left_out_are_told(textgen, tiny, records, tmp_path):
    tiny("--name", "plain")
    run, now = records.find("plain"), 5
    version = {"run_id": run.id, "created": now, "author": "a", "step": 1, "summary": {}}

    def register(connection):
        connection.execute(model.insert().values(name="m", created=now, last_number=1))
        connection.execute(model_version.insert().values(model="m", number=1, **version))

    records.database.write(register)
    done = textgen("runs", "export", "plain", "--output", tmp_path / "runs.zip")
    assert done.err.splitlines()[1] == "note: 1 version of named models left out"


def test_import_tells_what_became_of_each_run(textgen, archive, records):
    done = textgen("runs", "import", archive)
    assert done.code == 0
    assert done.out.count("imported") == 2
    assert "plain" in done.out
    assert done.err.startswith("imported 2 runs: 6 files, ")
    again = textgen("runs", "import", archive)
    assert again.out.count("already there") == 2
    assert again.err == "imported nothing; 2 runs there already, left as before\n"
    assert {row.name for row in records.runs()} == {"plain", "wider"}


def test_an_imported_run_writes_as_it_did(textgen, archive, trained):
    words = ("generate", "plain", "--length", 20, "--seed", 3, "--device", "cpu")
    textgen("runs", "import", archive)
    assert textgen(*words).out == textgen(*words, "--registry", trained).out != ""


def test_a_dry_run_changes_nothing(textgen, archive, records):
    done = textgen("runs", "import", archive, "--dry-run", "--json").json
    assert done["dry_run"]
    assert [run["outcome"] for run in done["archives"][0]["runs"]] == ["imported", "imported"]
    assert textgen("runs", "import", archive, "--dry-run").err.startswith("would import 2 runs")
    assert not records.location.path.exists()


def test_a_name_that_is_taken_is_told(textgen, tiny, archive):
    tiny("--name", "plain")
    done = textgen("runs", "import", archive)
    assert "plain-2  imported, called 'plain' there" in done.out


def test_a_conflict_is_refused_and_can_be_left(textgen, archive, records):
    textgen("runs", "import", archive)
    run = records.find("plain")
    records.hold(run.id)
    records.resume_run(run.id, 3, environment=run.environment, parts=run.parts)
    records.release(run.id)
    line = textgen("runs", "import", archive).error_line(1)
    assert f"plain ({run.id})" in line
    assert "--skip-conflicts" in line
    done = textgen("runs", "import", archive, "--skip-conflicts")
    assert "left: there already, with other content" in done.out


def test_an_archive_goes_through_a_pipe(trained, archive, records):
    textgen = [sys.executable, "-m", "textgen", "runs"]
    export = [*textgen, "export", "--all", "--output", "-", "--registry", str(trained)]
    sent = subprocess.run(export, stdout=subprocess.PIPE, check=True).stdout
    assert sent == archive.read_bytes()
    subprocess.run([*textgen, "import", "-"], input=sent, stdout=subprocess.DEVNULL, check=True)
    assert {row.name for row in records.runs()} == {"plain", "wider"}


def test_if_one_of_several_archives_is_damaged_none_is_imported(
    textgen, archive, records, tmp_path
):
    bad = tmp_path / "bad.zip"
    bad.write_bytes(archive.read_bytes()[:-1])
    line = textgen("runs", "import", archive, bad).error_line(1)
    assert f"archive {bad}" in line
    assert not records.location.path.exists()


def test_a_hostile_archive_is_one_line(textgen, records, tmp_path):
    path = tmp_path / "bad.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("../\x1b[31mevil\n", b"")
    line = textgen("runs", "import", path).error_line(1)
    assert line.isprintable()
    assert not records.location.path.exists()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["export", "--output", "x.zip"], 2, "name the runs, or say --all"),
        (["export", "plain", "--all", "--output", "x.zip"], 2, "name the runs, or say --all"),
        (["export", "--all", "--output", "x.zip"], 1, "there are no runs"),
        (["export", "nobody", "--output", "x.zip"], 1, "no run 'nobody'"),
        (["export", "plain", "--output", "-", "--json"], 2, "stdout takes one of them"),
        (["export", "plain"], 2, "--output"),
        (["import"], 2, "FILE"),
        (["import", "nowhere.zip"], 1, "archive nowhere.zip cannot be read"),
        (["import", "."], 1, "archive . cannot be read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_done_is_one_line(textgen, tmp_path, monkeypatch, words, code, told):
    monkeypatch.chdir(tmp_path)
    assert told in textgen("runs", *words).error_line(code)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_kept(textgen, trained, archive):
    before = archive.read_bytes()
    words = ("runs", "export", "plain", "--output", archive, "--registry", trained)
    assert "--force" in textgen(*words).error_line(2)
    assert archive.read_bytes() == before
    assert textgen(*words, "--force").code == 0
    assert len(archive.read_bytes()) < len(before)


def test_neither_command_imports_torch(probe, trained, tmp_path):
    path = tmp_path / "runs.zip"
    exported = ["export", "--all", "--output", path, "--registry", trained]
    imported = probe(["runs", *exported], ["runs", "import", path]).modules
    assert "textgen_registry.archive" in imported
    assert not {"torch", "numpy", "alembic"} & imported
