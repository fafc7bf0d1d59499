"""The arrows of the house: who may import whom, read from the source."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "framework" / "textgen"
PLUGINS = ROOT / "plugins" / "textgen_plugins"
REGISTRY = ROOT / "registry" / "textgen_registry"
DATABASE = {"sqlalchemy", "sqlite3"}


def imports_of(path):
    """Yield every module that a file imports, inside functions and type-checking blocks too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides an arrow"
            yield str(node.module)


def files(folder):
    found = sorted(folder.rglob("*.py"))
    assert found
    return found


def root_of(module):
    return module.split(".")[0]


@pytest.mark.parametrize("path", files(CORE), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_knows_no_plugin_and_only_its_command_line_knows_the_registry(path):
    roots = {root_of(module) for module in imports_of(path)}
    assert "textgen_plugins" not in roots
    assert not roots & DATABASE
    if CORE / "cli" not in path.parents:
        assert "textgen_registry" not in roots
        assert "typer" not in roots
        assert not any(module.startswith("textgen.cli") for module in imports_of(path)) or (
            path == CORE / "__main__.py"
        )


@pytest.mark.parametrize("path", files(PLUGINS), ids=lambda path: str(path.relative_to(ROOT)))
def test_built_in_parts_use_the_public_names_only(path):
    for module in imports_of(path):
        if root_of(module) == "textgen":
            assert module == "textgen", f"{module} is not public"
        assert root_of(module) != "textgen_registry"


@pytest.mark.parametrize("path", files(REGISTRY), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_registry_knows_errors_and_files_of_the_core_and_no_torch(path):
    for module in imports_of(path):
        assert root_of(module) not in {"torch", "textgen_plugins", "typer", "rich", "pydantic"}
        if root_of(module) == "textgen":
            assert module in {"textgen.errors", "textgen.files"}


def test_the_core_names_no_built_in_part_outside_its_help():
    """Defaults and recipes belong to plugins; examples in the command line's help may name some."""
    names = {"gutenberg", "pydoc", "lstm-single", "lstm-stacked", "sliding-window", "stateful"}
    for path in files(CORE):
        if CORE / "cli" in path.parents:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        strings = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not strings & names, path
