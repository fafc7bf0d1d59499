"""The package stands alone: what it exports, and what it does not import."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import textgen_registry
from textgen_registry import NamedModels

HEAVY = (
    *("torch", "numpy", "pydantic", "typer", "rich", "pluggy", "sqlalchemy.orm"),
    *("alembic", "psycopg", "fsspec", "s3fs", "botocore"),
)


def test_importing_it_imports_nothing_heavy_and_no_other_part_of_textgen():
    program = "import sys, textgen_registry; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    modules = done.stdout.decode().split()
    assert not set(HEAVY) & set(modules)
    ours = {name for name in modules if name.split(".")[0] in {"textgen", "textgen_plugins"}}
    assert ours == {"textgen", "textgen.errors", "textgen.files"}


def test_every_public_name_is_there_and_says_what_it_is_for():
    for name in textgen_registry.__all__:
        public = getattr(textgen_registry, name)
        assert name == "Status" or inspect.getdoc(public)


def test_every_public_method_says_what_it_is_for():
    methods = inspect.getmembers(textgen_registry.Registry, inspect.isfunction)
    assert all(inspect.getdoc(method) for name, method in methods if not name.startswith("_"))


def test_the_example_of_the_package_runs(tmp_path, monkeypatch, make_run, registry):
    for name in ("alice-lstm-stacked", "alice-again"):
        run = make_run(name)
        registry.put_artifacts(run.id, {"best.safetensors": name.encode()})
        registry.finish_run(
            run.id, status="finished", step=1, summary={}, reason="", best_loss=1, bits_per_char=2
        )
    example = "\n".join(
        line for line in textgen_registry.__doc__.splitlines() if line.startswith("    ")
    )
    monkeypatch.chdir(tmp_path)
    registry.location.path.rename("runs")
    names = {name: getattr(textgen_registry, name) for name in textgen_registry.__all__}
    exec(inspect.cleandoc(f"\n{example}"), names)
    assert names["models"].versions("alice")
    assert [run.name for run in names["registry"].runs(deleted=True)] == ["alice-again"]


def test_the_example_of_the_manual_runs(tmp_path, monkeypatch, make_run, registry):
    run = make_run("alice")
    registry.put_artifacts(run.id, {"best.safetensors": b"weights"})
    NamedModels(registry).register(run, "alice")
    NamedModels(registry).alias("alice", "best", 1)
    manual = (Path(__file__).parents[2] / "docs" / "registry.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", manual, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    registry.location.path.rename("runs")
    names = {}
    exec(example, names)
    assert (names["weights"], names["best"].id) == (b"weights", run.id)
