"""A registry of the first release keeps every run, and the migrations end where tables begin."""

from __future__ import annotations

import ast
import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from textgen.errors import RegistryError
from textgen_registry import Registry
from textgen_registry.database import schema

# Made by the first release: two runs that it trained, one that failed after it was resumed, with
# odd names and figures, and one whose process died.
FIRST_RELEASE = Path(__file__).parent / "first_release"


@pytest.fixture
def old(tmp_path):
    """A copy of the first release's registry."""
    shutil.copytree(FIRST_RELEASE, tmp_path / "registry")
    return Registry(tmp_path / "registry")


def everything(registry, run_id):
    """Return all that the first release could tell of a run."""
    run = asdict(registry.find(run_id))
    del run["version"], run["deleted"]  # of named models and the trash, which came later
    return {
        **run,
        "tags": list(run["tags"]),
        "sessions": [asdict(session) for session in registry.sessions(run_id)],
        "metrics": [list(vars(point).values()) for point in registry.metrics(run_id)],
        "artifacts": [asdict(artifact) for artifact in registry.artifacts(run_id)],
    }


def in_other_processes(program, registry, *, count=1):
    """Return what processes print that run a program at once."""
    command = [sys.executable, "-W", "error", "-c", program, str(registry.location)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    processes = [subprocess.Popen(command, **pipes) for _ in range(count)]
    answers = [process.communicate() for process in processes]
    assert {complaint for _, complaint in answers} == {b""}
    return [printed for printed, _ in answers]


def test_every_run_of_the_first_release_is_kept(old):
    kept = json.loads((FIRST_RELEASE / "expected.json").read_text())
    assert [row.id for row in old.runs()] == [run["id"] for run in kept]
    for run in kept:
        if run["status"] == "running":
            run["status"] = "lost"  # which the first release could not tell
        # As text, in which NaN equals NaN.
        assert json.dumps(everything(old, run["id"])) == json.dumps(run)
        for artifact in run["artifacts"]:
            old.read_artifact(run["id"], artifact["name"])


def test_what_runs_are_found_by_is_made_for_them(old):
    run = old.find("wider")
    of_run = schema.setting.c.run_id == run.id
    settings = {
        key: (text, number)
        for _, key, text, number in old.database.read(
            lambda connection: connection.execute(select(schema.setting).where(of_run)).all()
        )
    }
    assert settings["model.hidden_size"] == ("16", 16.0)
    assert settings["tokenizer.lowercase"] == ("false", None)
    assert "training.patience" not in settings
    of_loss = (schema.figure.c.name == "validation_loss") & (schema.figure.c.run_id == run.id)
    losses = [point.value for point in old.metrics(run.id, "validation_loss")]
    figure = old.database.read(
        lambda connection: connection.execute(select(schema.figure).where(of_loss)).one()
    )
    assert (figure.last, figure.lowest, figure.highest) == (losses[-1], min(losses), max(losses))


def test_a_lost_run_of_the_first_release_can_be_gone_on_with(old):
    (lost,) = old.runs(status="lost")
    old.hold(lost.id)
    old.resume_run(lost.id, 0, environment={}, parts={})
    assert old.find(lost.id).status == "running"


def test_migrations_come_to_the_tables_that_a_new_registry_has(old):
    old.runs()

    def differences(connection):
        without_types = MigrationContext.configure(connection, opts={"compare_type": False})
        return compare_metadata(without_types, schema.metadata)

    def structure(connection):
        inspector = inspect(connection)
        for table in inspector.get_table_names():
            yield table, sorted(index["name"] for index in inspector.get_indexes(table))
            for column in inspector.get_columns(table):
                yield table, column["name"], str(column["type"]), column["nullable"]

    new = Registry(old.location.path / "new")
    new.database.write(lambda connection: None)
    assert old.database.read(differences) == []
    made, migrated = (
        each.database.read(lambda connection: set(map(str, structure(connection))))
        for each in (new, old)
    )
    assert migrated == made


def test_what_looks_like_an_escape_to_today_s_reader_is_what_the_first_release_wrote(old):
    odd = "\\u0000 \\ud83d \\u005cu0000 \\u0041 é \0"
    run_id = json.loads((FIRST_RELEASE / "expected.json").read_text())[0]["id"]
    plain = json.dumps({odd: [odd, {"deep": odd}]})
    with sqlite3.connect(old.location.path / "registry.sqlite") as connection:
        texts = "sample_prompt = ?, sample_text = ?, config = ?, summary = ?"
        connection.execute(f"UPDATE run SET {texts} WHERE id = ?", (odd, odd, plain, plain, run_id))
        connection.execute("UPDATE session SET parts = ? WHERE run_id = ?", (plain, run_id))
    connection.close()
    run = old.find(run_id)
    assert (run.sample_prompt, run.sample_text) == (odd, odd)
    assert run.config == run.summary == run.parts == {odd: [odd, {"deep": odd}]}


def test_a_migration_uses_nothing_that_may_change():
    for file in (Path(schema.__file__).parent / "migrations" / "versions").glob("m*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith("textgen")]


def test_the_revisions_are_those_of_the_migrations_in_order():
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(script.revision for script in scripts)[::-1] == schema.REVISIONS


@pytest.mark.parametrize("revision", ["0003", "10000", "0001a", "", "abc", "0000"])
def test_a_revision_that_is_none_of_ours_is_a_newer_one_s(old, revision):
    old.runs()
    with sqlite3.connect(old.location.path / "registry.sqlite") as connection:
        connection.execute("UPDATE textgen_schema SET version_num = ?", (revision,))
    connection.close()
    before = (old.location.path / "registry.sqlite").read_bytes()
    for use in (old.runs, lambda: old.delete_run("a"), old.database.migrate):
        with pytest.raises(RegistryError, match=rf"schema {revision}, .* up to {schema.REVISION}"):
            use()
    assert (old.location.path / "registry.sqlite").read_bytes() == before


def test_a_migration_that_is_cut_short_leaves_the_registry_as_it_was(old, monkeypatch):
    file = old.location.path / "registry.sqlite"
    before = file.read_bytes()

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("textgen_registry.database.migrating._require_sound", stop)
        with pytest.raises(KeyboardInterrupt):
            old.runs()
    assert file.read_bytes() == before
    assert len(old.runs()) == 4


def test_rows_that_refer_to_none_end_a_migration(old):
    connection = sqlite3.connect(old.location.path / "registry.sqlite")
    connection.execute("update tag set run_id = 'nobody' where tag = 'a'")
    connection.commit()
    connection.close()
    with pytest.raises(RegistryError, match=r"tag refers to a row of run that .*backup"):
        old.runs()


def test_a_registry_that_is_up_to_date_is_read_without_alembic(old):
    old.runs()
    program = (
        "import sys; from textgen_registry import Registry; "
        "Registry(sys.argv[1]).runs(); print('alembic' in sys.modules)"
    )
    assert in_other_processes(program, old) == [b"False\n"]


def test_three_readers_may_find_an_old_registry_at_once(old):
    program = (
        "import sys; from textgen_registry import Registry; "
        "print(len(Registry(sys.argv[1]).runs()))"
    )
    assert in_other_processes(program, old, count=3) == [b"4\n"] * 3
