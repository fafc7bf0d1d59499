"""A project's folder is read as if it were installed; mistakes in it are told with their place."""

import sys

import pytest

from textgen.errors import UsageError
from textgen.testing.projects import plugins_in

POINTS = '[project]\nname = "textgen-flat"\nentry-points.textgen.flat = "textgen_flat_plugin"\n'
PLUGIN = """
from textgen import Component, hookimpl

@hookimpl
def textgen_tokenizers():
    yield Component("flat", "letters", "textgen_flat_plugin:Letters")
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "pyproject.toml").write_text(POINTS)
    yield tmp_path
    sys.modules.pop("textgen_flat_plugin", None)


@pytest.mark.parametrize("place", ["textgen_flat_plugin.py", "src/textgen_flat_plugin.py"])
def test_code_is_found_in_src_or_beside_it(folder, place):
    """``src`` is there in both, and holds nothing of the plugin where the code lies beside it."""
    (folder / "src").mkdir()
    (folder / place).write_text(PLUGIN)
    plugins = plugins_in(folder)
    assert not plugins.failures
    assert [item.name for item in plugins.components()] == ["flat"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('project = "no"', "project = 'no' must be a table"),
        ('[project]\nentry-points = "no"', "entry-points = 'no' must be a table"),
        ("[project]\nentry-points.textgen = ['x']", r"textgen = \['x'\] must be a table"),
    ],
)
def test_what_is_no_table_is_told_with_the_file_and_the_way_to_put_it(folder, text, told):
    (folder / "pyproject.toml").write_text(text)
    with pytest.raises(UsageError, match=rf"pyproject\.toml: {told}.*\[project\.entry-points\."):
        plugins_in(folder)


@pytest.mark.parametrize("value", ["3", '["a"]', '""', '"one\\ntwo"'])
def test_a_plugin_whose_place_is_no_module_fails_alone(folder, value):
    points = f"[project]\nname = 'x'\nentry-points.textgen = {{flat = {value}}}\n"
    (folder / "pyproject.toml").write_text(points)
    assert [failure.provider.plugin for failure in plugins_in(folder).failures] == ["flat"]
