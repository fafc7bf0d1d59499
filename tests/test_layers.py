"""The arrows of the house: who may know whom, read from the source, however it is written."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import textgen

ROOT = Path(__file__).parents[1]
CORE = ROOT / "framework" / "textgen"
PLUGINS = ROOT / "plugins" / "textgen_plugins"
REGISTRY = ROOT / "registry" / "textgen_registry"

SCREEN = {"typer", "rich"}
DATABASE = {"sqlalchemy", "sqlite3"}
TEST_TOOLS = {"pytest", "hypothesis"}
IMPORTERS = {"importlib", "pkgutil", "runpy"}
IMPORTING_NAMES = {"__import__", "eval", "exec"}
MAY_IMPORT_BY_NAME = {
    CORE / "__init__.py",
    CORE / "components.py",
    CORE / "testing" / "__init__.py",
    CORE / "testing" / "elsewhere.py",
}

AN_IMPORT_STRING = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*[.:][^\W\d]\w*")


def reached(source):
    """Yield what a module reaches, dotted: by import, as an attribute, or as a string to import.

    ``from textgen import cli`` reaches ``textgen.cli``, and so does the string
    ``"textgen.cli:main"``, which is how a component names its factory.
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                yield from (_unless_renamed(alias) for alias in node.names)
            case ast.ImportFrom():
                assert node.level == 0, "a relative import hides an arrow"
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            case ast.Attribute() | ast.Name():
                yield ast.unparse(node)
            case ast.Constant(value=str(text)) if AN_IMPORT_STRING.fullmatch(text):
                yield text.replace(":", ".")


def _unless_renamed(alias):
    renamed = alias.asname and root_of(alias.name).startswith("textgen")
    assert not renamed, "an import under another name hides an arrow"
    return alias.name


def root_of(target):
    return target.split(".")[0]


def within(target, package):
    return f"{target}.".startswith(f"{package}.")


def wrong_for_the_command_line(target):
    return root_of(target) in {"textgen_plugins", *DATABASE}


def wrong_for_the_conformance_kit(target):
    above = within(target, "textgen.cli") or root_of(target) in {"textgen_registry", *SCREEN}
    return above or wrong_for_the_command_line(target)


def wrong_for_the_core(target):
    kit = within(target, "textgen.testing") or root_of(target) in TEST_TOOLS
    return kit or wrong_for_the_conformance_kit(target)


def wrong_for_built_in_parts(target):
    if root_of(target) == "textgen":
        return target.removeprefix("textgen.") not in textgen.__all__
    return root_of(target) in {"textgen_registry", *SCREEN}


def wrong_for_the_registry(target):
    if root_of(target) == "textgen":
        return not (within(target, "textgen.errors") or within(target, "textgen.files"))
    return root_of(target) in {"torch", "textgen_plugins", "pydantic", *SCREEN}


def imports_by_name(target):
    harmless = within(target, "importlib.metadata")
    return target in IMPORTING_NAMES or (root_of(target) in IMPORTERS and not harmless)


def rule_for(path):
    if PLUGINS in path.parents:
        return wrong_for_built_in_parts
    if REGISTRY in path.parents:
        return wrong_for_the_registry
    if CORE / "cli" in path.parents or path == CORE / "__main__.py":
        return wrong_for_the_command_line
    if CORE / "testing" in path.parents:
        return wrong_for_the_conformance_kit
    return wrong_for_the_core


def files(*folders):
    found = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    assert found
    return found


def breaches(rule, source):
    return sorted(set(filter(rule, reached(source))))


@pytest.mark.parametrize(
    "path", files(CORE, PLUGINS, REGISTRY), ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_module_reaches_only_where_its_arrows_point(path):
    source = path.read_text(encoding="utf-8")
    assert not breaches(rule_for(path), source)
    if path not in MAY_IMPORT_BY_NAME:
        assert not breaches(imports_by_name, source)


def test_each_root_is_held_to_its_own_rule():
    assert rule_for(CORE / "runs.py") is wrong_for_the_core
    assert rule_for(CORE / "training" / "loop.py") is wrong_for_the_core
    assert rule_for(CORE / "testing" / "models.py") is wrong_for_the_conformance_kit
    assert rule_for(CORE / "cli" / "main.py") is wrong_for_the_command_line
    assert rule_for(PLUGINS / "models" / "lstm.py") is wrong_for_built_in_parts
    assert rule_for(REGISTRY / "store.py") is wrong_for_the_registry


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (wrong_for_the_core, "import textgen.cli"),
        (wrong_for_the_core, "from textgen import cli"),
        (wrong_for_the_core, "from textgen.cli import main"),
        (wrong_for_the_core, "import textgen\ntextgen.cli.main.main()"),
        (wrong_for_the_core, "def late():\n    import textgen_registry.store"),
        (wrong_for_the_core, "Component('x', 'y', factory='textgen_plugins.models.lstm:build')"),
        (wrong_for_the_core, "load('textgen.cli.main:main')"),
        (wrong_for_the_core, "from textgen import testing"),
        (wrong_for_the_core, "import hypothesis"),
        (wrong_for_the_conformance_kit, "from textgen.cli import check"),
        (wrong_for_the_conformance_kit, "import textgen_plugins"),
        (wrong_for_the_command_line, "import sqlalchemy.orm"),
        (wrong_for_the_command_line, "from textgen_plugins import recipes"),
        (wrong_for_built_in_parts, "import textgen"),
        (wrong_for_built_in_parts, "from textgen import errors"),
        (wrong_for_built_in_parts, "from textgen import *"),
        (wrong_for_built_in_parts, "from textgen.errors import SourceError"),
        (wrong_for_built_in_parts, "Component('x', 'y', factory='textgen.preparation:prepare')"),
        (wrong_for_built_in_parts, "Component('x', 'y', factory='textgen_registry.ids:new')"),
        (wrong_for_the_registry, "from textgen import runs"),
        (wrong_for_the_registry, "from textgen import RunStarted"),
        (wrong_for_the_registry, "'torch.nn:LSTM'"),
        (imports_by_name, "import importlib\nimportlib.import_module('textgen' + '.cli')"),
        (imports_by_name, "from importlib import import_module as load"),
        (imports_by_name, "__import__('torch')"),
        (imports_by_name, "exec('import torch')"),
        (imports_by_name, "from pkgutil import resolve_name"),
    ],
)
def test_an_arrow_that_turns_is_seen_however_it_is_written(rule, source):
    assert breaches(rule, source)


@pytest.mark.parametrize("source", ["from . import cli", "import textgen as t", "from .. import x"])
def test_an_arrow_may_not_be_hidden(source):
    with pytest.raises(AssertionError, match="hides an arrow"):
        list(reached(source))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (wrong_for_the_core, "from textgen import Component\nimport textgen.options"),
        (wrong_for_the_command_line, "from textgen.cli import run\nimport textgen_registry"),
        (wrong_for_the_conformance_kit, "from textgen.testing import check\nimport hypothesis"),
        (wrong_for_built_in_parts, "from textgen import Component, SourceError\nimport torch"),
        (wrong_for_built_in_parts, "'textgen_plugins.models.lstm:build'"),
        (wrong_for_the_registry, "from textgen.errors import RegistryError\nimport sqlite3"),
        (imports_by_name, "from importlib.metadata import version"),
    ],
)
def test_an_arrow_that_points_the_right_way_is_left_alone(rule, source):
    assert not breaches(rule, source)


def test_the_public_names_come_without_the_command_line_the_registry_or_a_plugin():
    """They are looked up in a table of strings, which the reading above cannot follow."""
    script = (
        "import sys, textgen\n"
        "for name in textgen.__all__: getattr(textgen, name)\n"
        "print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    loaded = done.stdout.split()
    assert "textgen.components" in loaded
    assert not [name for name in loaded if within(name, "textgen") and wrong_for_the_core(name)]
    assert not {"textgen_registry", "textgen_plugins"} & {root_of(name) for name in loaded}


def test_the_core_names_no_built_in_part_outside_its_help():
    """Defaults and recipes belong to plugins; examples in the command line's help may name some.

    A comparison of the benchmarks is called `sliding-window`, as what it compares is.
    """
    names = {"gutenberg", "pydoc", "lstm-single", "lstm-stacked", "sliding-window", "stateful"}
    for path in files(CORE):
        if {CORE / "cli", CORE / "bench"} & set(path.parents):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        strings = {
            node.value.partition(":")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not strings & names, path
