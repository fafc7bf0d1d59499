"""The environments that tests install into: what is there, and what is not anywhere else."""

import importlib.metadata

import pytest

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "textgen-nothing"
version = "1.0"
dependencies = ["textgen-framework"]

[project.entry-points.textgen]
nothing = "textgen_nothing"
"""

RECIPE = """
from textgen import Recipe, hookimpl


@hookimpl
def textgen_recipes():
    yield Recipe("nothing", "changes nothing", {})
"""


@pytest.fixture(scope="module")
def environment(fresh_environment):
    return fresh_environment("plain")


@pytest.fixture
def package(tmp_path):
    (tmp_path / "textgen_nothing").mkdir()
    (tmp_path / "textgen_nothing" / "__init__.py").write_text(RECIPE)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    return tmp_path


@pytest.mark.parametrize("how", ["pip install -e .", "pip install ."])
def test_what_is_installed_is_found_there_alone_until_it_is_taken_away(environment, package, how):
    installed = environment.run(how, cwd=package)
    assert installed.code == 0, installed
    assert "textgen-nothing" in environment.run("textgen plugins list").out
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("textgen-nothing")
    taken = environment.run("pip uninstall -y textgen-nothing")
    assert taken.code == 0, taken
    assert "textgen-nothing" not in environment.run("textgen plugins list").out


def test_two_environments_do_not_see_each_other(environment, fresh_environment, package):
    assert environment.run("pip install .", cwd=package).code == 0
    other = fresh_environment("other")
    assert other.run("python -c 'import textgen_nothing'").code == 1
    assert environment.run("python -c 'import textgen_nothing'").code == 0
    assert environment.run("pip uninstall -y textgen-nothing").code == 0


def test_pip_there_takes_nothing_away_that_lies_beneath(environment):
    refused = environment.run("pip uninstall -y textgen-framework")
    assert "outside environment" in refused.out + refused.err
    assert importlib.metadata.version("textgen-framework")


def test_its_commands_are_its_own_and_import_nothing_from_where_they_run(environment, tmp_path):
    (tmp_path / "stray.py").write_text("")
    (tmp_path / "test_where.py").write_text(
        "import importlib.util, sys\n\n"
        "def test_where():\n"
        f"    assert sys.prefix == {str(environment.folder)!r}\n"
        "    assert importlib.util.find_spec('stray') is None\n"
    )
    done = environment.run("pytest -q --import-mode=importlib", cwd=tmp_path)
    assert done.code == 0, done
