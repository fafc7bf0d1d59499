"""The package stands alone: what it exports, and what it does not import."""

from __future__ import annotations

import inspect
import subprocess
import sys

import textgen_registry

HEAVY = ("torch", "numpy", "pydantic", "typer", "rich", "pluggy", "sqlalchemy.orm")


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
